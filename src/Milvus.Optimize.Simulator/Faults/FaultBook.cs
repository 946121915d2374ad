using Milvus.Optimize.Simulator.Model;

namespace Milvus.Optimize.Simulator.Faults;

/// <summary>The faults that are armed. It belongs to the world's state, so that a restart does not let a fault strike twice.</summary>
internal sealed class FaultBook(List<Fault> armed)
{
    /// <exception cref="ArgumentException">It could never strike.</exception>
    public void Arm(Fault fault)
    {
        Check(fault);
        armed.Add(fault);
    }

    private static void Check(Fault fault)
    {
        if (fault.Count <= 0) throw new ArgumentException($"count is {fault.Count}: a fault strikes at least once");
        if (fault is RpcFault { Rpc: var rpc } && (rpc is null || Wire.MilvusReflection.Descriptor.Services.Single().FindMethodByName(rpc) is null))
            throw new ArgumentException(rpc is null ? "a fault of an RPC needs 'rpc', its name in MilvusService" : $"'{rpc}' is no RPC that the simulator has");
        if (fault is MilvusCode { Reason: null } or MilvusCode { Code: 0 }) throw new ArgumentException("milvusCode needs 'code', which is not 0, and 'reason'");
    }

    public void Clear() => armed.Clear();

    /// <param name="rpc">Name of the RPC.</param>
    /// <param name="collections">The collections that the call is about; asked only where a fault wants to know.</param>
    public RpcFault? TakeForCall(string rpc, Func<IReadOnlyCollection<NamedCollection>> collections) =>
        Take<RpcFault>(fault => fault.Rpc == rpc && (fault.Collection is not { } meant || collections().Any(collection => collection.IsMeantBy(meant))));

    public TFault? TakeFor<TFault>(NamedCollection collection) where TFault : Fault =>
        Take<TFault>(fault => fault.Collection is not { } meant || collection.IsMeantBy(meant));

    /// <summary>Whether one waits, which stays armed.</summary>
    public bool IsArmedFor<TFault>(NamedCollection collection) where TFault : Fault =>
        armed.Exists(fault => fault is TFault && (fault.Collection is not { } meant || collection.IsMeantBy(meant)));

    public SilentConnection? TakeForConnection() => armed.Count == 0 ? null : Take<SilentConnection>(_ => true);

    private TFault? Take<TFault>(Func<TFault, bool> matches) where TFault : Fault
    {
        var index = armed.FindIndex(fault => fault is TFault candidate && matches(candidate));
        if (index < 0) return null;

        var found = (TFault)armed[index];
        if (found.Count <= 1) armed.RemoveAt(index);
        else armed[index] = found with { Count = found.Count - 1 };
        return found;
    }
}
