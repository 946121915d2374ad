using System.Globalization;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Model;

/// <summary>Estimates the bytes of a row from its schema, as the server does when it decides that a segment is full.</summary>
internal static class RowWidth
{
    private const long VariableWidth = 64;

    public static long Of(CollectionSchema schema) => Math.Max(8, schema.Fields.Sum(Of));

    private static long Of(FieldSchema field) => field.DataType switch
    {
        DataType.Bool or DataType.Int8 => 1,
        DataType.Int16 => 2,
        DataType.Int32 or DataType.Float => 4,
        DataType.Int64 or DataType.Double or DataType.Timestamptz => 8,
        DataType.FloatVector => 4 * Dimension(field),
        DataType.Float16Vector or DataType.Bfloat16Vector => 2 * Dimension(field),
        DataType.Int8Vector => Dimension(field),
        DataType.BinaryVector => Dimension(field) / 8,
        _ => VariableWidth,
    };

    private static long Dimension(FieldSchema field)
    {
        var text = field.TypeParams.FirstOrDefault(pair => pair.Key == "dim")?.Value;
        return long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var dimension) ? dimension : VariableWidth;
    }

    public static bool IsVector(FieldSchema field) => field.DataType is
        DataType.FloatVector or DataType.BinaryVector or DataType.Float16Vector or DataType.Bfloat16Vector
        or DataType.SparseFloatVector or DataType.Int8Vector or DataType.ArrayOfVector;
}
