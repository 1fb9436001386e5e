using Prozchain.AI.Formats;

namespace Prozchain.AI.Codec;

/// <summary>The leaf as it is, with nothing before it: who stores it need not even copy it.</summary>
internal sealed class RawCodec : ITensorCodec
{
    public byte Id => 0;

    public int MaxEncoded(int length) => length;

    public int Encode(ReadOnlySpan<byte> leaf, TensorType type, ReadOnlySpan<byte> baseLeaf, Span<byte> destination, Span<byte> scratch = default)
    {
        if (destination.Length < leaf.Length)
            throw new ArgumentException($"Expected a destination of at least {leaf.Length} bytes, got {destination.Length}.", nameof(destination));
        leaf.CopyTo(destination);
        return leaf.Length;
    }

    public CodecStatus TryDecode(ReadOnlySpan<byte> encoded, TensorType type, ReadOnlySpan<byte> baseLeaf, Span<byte> leaf)
    {
        if (encoded.Length != leaf.Length) return CodecStatus.WrongLength;
        encoded.CopyTo(leaf);
        return CodecStatus.Ok;
    }
}
