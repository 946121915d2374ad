namespace Milvus.Optimize.Simulator;

/// <summary>What the refresh_progress of GetLoadingProgress is worth.</summary>
public enum RefreshReport
{
    /// <summary>0 while a refresh is outstanding, 100 otherwise.</summary>
    AsItIs,

    /// <summary>100 all the time.</summary>
    AlwaysDone,

    /// <summary>The field is never sent: who waits for 100 waits for ever.</summary>
    Absent,
}
