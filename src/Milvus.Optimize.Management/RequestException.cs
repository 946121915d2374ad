using Milvus.Optimize.Client.Wire;

namespace Milvus.Optimize.Management;

/// <summary>A request is malformed; thrown before anything was asked of anybody.</summary>
internal sealed class RequestException(string detail, params IReadOnlyList<FieldError> errors) : Exception(detail)
{
    public IReadOnlyList<FieldError> Errors { get; } = errors;

    public static RequestException At(string pointer, string detail) => new(detail, new FieldError(pointer, detail));
}
