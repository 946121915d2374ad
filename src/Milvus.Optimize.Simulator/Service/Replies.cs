using Google.Protobuf;
using Milvus.Optimize.Simulator.Model;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Service;

/// <summary>Puts a refusal into the answer of any RPC: either the answer is a Status, or it has one.</summary>
internal static class Replies
{
    public static Status StatusOf(MilvusRefusal refusal, GenerationRules rules)
    {
        var status = new Status { Code = refusal.Code, Reason = refusal.Message, Retriable = refusal.IsRetriable && !rules.IsLite };
        if (!rules.IsLite) status.Detail = refusal.Detail ?? refusal.Message;
        if (rules.MarksInputErrors && refusal.IsInputError) status.ExtraInfo["is_input_error"] = "true";
#pragma warning disable CS0612 // Deprecated in the proto, and still what servers fill and old clients read.
        status.ErrorCode = refusal.LegacyCode;
#pragma warning restore CS0612
        return status;
    }

    /// <summary>Writes that fail say so of every row; an upsert into a collection that is not there fails before it looks at any, as 2.3.5.</summary>
    public static void NameFailedRows(MutationResult reply, IMessage request, GenerationRules rules)
    {
        var rows = request switch { InsertRequest insert => insert.NumRows, UpsertRequest upsert when reply.Status.Code != 100 => upsert.NumRows, _ => 0u };
        if (!rules.IsLite) reply.ErrIndex.AddRange(Enumerable.Range(0, (int)rows).Select(row => (uint)row));
    }

    public static TReply Refused<TReply>(MilvusRefusal refusal, GenerationRules rules) where TReply : class
    {
        var status = StatusOf(refusal, rules);
        if (status is TReply itself) return itself;
        var reply = Activator.CreateInstance<TReply>();
        var message = (IMessage)reply;
        message.Descriptor.FindFieldByName("status").Accessor.SetValue(message, status);
        return reply;
    }
}
