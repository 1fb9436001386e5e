namespace Prozchain.Shared;

/// <summary>What batch verification does to all its points: one implementation for each width of vectors, with the same answers. Not thread-safe.</summary>
internal unsafe interface IEdwardsKernel
{
    /// <summary>
    /// Decodes points whose y is below p already.
    /// </summary>
    /// <param name="encodings">Four words each, aligned to 32 bytes; readable up to a count that eight divides.</param>
    /// <param name="points">Receives packed affine points, <see cref="AffinePoint.PackedWords"/> words each; writable up to a count that eight divides. Where the encoding is of no point, anything.</param>
    /// <param name="isPoint">Receives one answer each.</param>
    void Decode(ulong* encodings, ulong* points, Span<bool> isPoint);

    /// <summary>The sum of all points of the runs, each times its digits.</summary>
    /// <param name="bits">Bits of a digit: 4 or 8.</param>
    EdwardsPoint Sum(ReadOnlySpan<PointRun> runs, int bits);
}
