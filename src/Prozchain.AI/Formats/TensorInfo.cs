using System.Collections.Immutable;

namespace Prozchain.AI.Formats;

/// <summary>One tensor of a model file: what it is and where its bytes lie. Made by a reader, so always consistent.</summary>
public sealed class TensorInfo
{
    internal TensorInfo(string name, TensorType type, ImmutableArray<long> shape, long offset, long length)
    {
        Name = name;
        Type = type;
        Shape = shape;
        Offset = offset;
        Length = length;
    }

    /// <summary>Unique within its file.</summary>
    public string Name { get; }

    /// <summary>Type of the elements.</summary>
    public TensorType Type { get; }

    /// <summary>Dimensions, outermost first, each 0 or more; empty for a scalar.</summary>
    public ImmutableArray<long> Shape { get; }

    /// <summary>First byte of the elements, counted from the start of the file.</summary>
    public long Offset { get; }

    /// <summary>Bytes of the elements.</summary>
    public long Length { get; }

    /// <summary>Name, type and shape, for people.</summary>
    public override string ToString() => $"{Name}: {Type}[{string.Join(',', Shape)}]";

    /// <summary>How many elements the shape has.</summary>
    public long Elements => Length / Type.BlockBytes() * Type.BlockElements();

    /// <summary>
    /// Bytes of a tensor of that type and shape; the product is formed in order and must fit 64 bits throughout. Rows, that is
    /// the last dimension, of a block type hold whole blocks.
    /// </summary>
    internal static SafetensorsStatus Measure(TensorType type, ReadOnlySpan<long> shape, out long length)
    {
        length = 0;
        (int elements, int bytes) = (type.BlockElements(), type.BlockBytes());
        UInt128 product = 1;
        foreach (long dimension in shape)
        {
            product *= (ulong)dimension;
            if (product > ulong.MaxValue) return SafetensorsStatus.ShapeOverflow;
        }
        if (type.IsBlock() && (shape.IsEmpty || shape[^1] % elements != 0)) return SafetensorsStatus.PartialByte;
        // In bits, which is what the size of a safetensors file's tensor must fit 64 of.
        UInt128 bits = product * (uint)bytes * 8;
        if (bits / (uint)elements > ulong.MaxValue) return SafetensorsStatus.ShapeOverflow;
        if (product % (uint)elements != 0) return SafetensorsStatus.PartialByte;
        length = (long)(bits / (uint)elements / 8);
        return SafetensorsStatus.Ok;
    }
}
