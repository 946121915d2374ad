namespace Milvus.Optimize.Management.Security;

/// <summary>What a caller may do; each role may do what those before it may.</summary>
public enum Role
{
    /// <summary>Read.</summary>
    Viewer,

    /// <summary>Start runs, and cancel, abandon and retry them.</summary>
    Operator,

    /// <summary>Make and end keys too: everything.</summary>
    Admin,
}
