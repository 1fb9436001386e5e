using Prozchain.DataAvailability.Rows;

namespace Prozchain.DataAvailability.Sampling;

/// <summary>Makes samplers.</summary>
public static class Sampler
{
    /// <summary>Bytes of a seed.</summary>
    public const int SeedSize = 32;

    /// <summary>A sampler of a square's cells.</summary>
    /// <inheritdoc cref="Sampler{TSample}.Sampler"/>
    /// <param name="header">The square, whose data root the caller trusts.</param>
    /// <param name="seed">32 bytes that fix the cells drawn; see <see cref="Sampler{TSample}"/>.</param>
    public static Sampler<CheckedCell> ForSquare(SquareHeader header, ReadOnlySpan<byte> seed) => new(new SquareSampleCheck(header), seed);

    /// <summary>A sampler of the rows of a row code.</summary>
    /// <inheritdoc cref="Sampler{TSample}.Sampler"/>
    /// <param name="verifier">Of the commitment that the caller trusts.</param>
    /// <param name="seed">32 bytes that fix the rows drawn; see <see cref="Sampler{TSample}"/>.</param>
    public static Sampler<CheckedRow> ForRows(RowVerifier verifier, ReadOnlySpan<byte> seed) => new(new RowSampleCheck(verifier), seed);
}
