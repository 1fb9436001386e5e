using Prozchain.AI.Formats;

namespace Prozchain.AI.Codec;

/// <summary>
/// A lossless code for one leaf of a tensor: any bytes, of any length, come back as they were, whatever numbers they are.
/// Leaves are coded each by itself, so that one can be read without its neighbours. The codec of a tensor is named by
/// <see cref="Id"/>; the encoding of a leaf does not repeat it. Format: docs/formats/ai-codec.md.
/// </summary>
/// <remarks>
/// Immutable and safe for concurrent use. Neither direction allocates once it is warm, but for <see cref="TensorCodecs.Deflate"/>,
/// where the BCL's streams do. The same leaf, type and base give the same encoding on every machine, but for that codec, whose
/// encoding depends on the BCL's version.
/// </remarks>
internal interface ITensorCodec
{
    /// <summary>The codec's number in wire formats; with <see cref="TensorCodecs.DeltaFlag"/> if it codes differences to a base.</summary>
    byte Id { get; }

    /// <summary>Most bytes that the encoding of a leaf has.</summary>
    /// <param name="length">Bytes of the leaf, 0 to 2^30.</param>
    /// <exception cref="ArgumentOutOfRangeException">The leaf is too long for the codec.</exception>
    int MaxEncoded(int length);

    /// <summary>Encodes a leaf. One that does not shrink is kept as it is, one byte longer at most.</summary>
    /// <param name="leaf">The leaf's bytes; elements little-endian. The last element may be cut off.</param>
    /// <param name="type">The type of the elements.</param>
    /// <param name="baseLeaf">The bytes at the same place of the base tensor, as many as the leaf has; read by delta codecs only.</param>
    /// <param name="destination">Receives the encoding, at least <see cref="MaxEncoded"/> bytes. Overlaps neither the leaf nor the base.</param>
    /// <param name="scratch">Room to work in, which overlaps nothing else. As many bytes as the leaf has are enough; if there are fewer, some are rented.</param>
    /// <returns>How many bytes were written.</returns>
    /// <exception cref="ArgumentException">The destination is too short, or the base of a delta codec has another length than the leaf.</exception>
    int Encode(ReadOnlySpan<byte> leaf, TensorType type, ReadOnlySpan<byte> baseLeaf, Span<byte> destination, Span<byte> scratch = default);

    /// <summary>Decodes a leaf whose length is known. Hostile bytes give a status; what the leaf then holds is not defined.</summary>
    /// <param name="encoded">All bytes of the encoding and no others.</param>
    /// <param name="type">The type of the elements, as it was encoded with.</param>
    /// <param name="baseLeaf">The base's bytes, as they were encoded with.</param>
    /// <param name="leaf">Receives the leaf: exactly its length. Overlaps neither the encoding nor the base.</param>
    CodecStatus TryDecode(ReadOnlySpan<byte> encoded, TensorType type, ReadOnlySpan<byte> baseLeaf, Span<byte> leaf);
}
