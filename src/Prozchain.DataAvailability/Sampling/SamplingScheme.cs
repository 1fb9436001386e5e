using System.Numerics;
using Prozchain.DataAvailability.Rows;

namespace Prozchain.DataAvailability.Sampling;

/// <summary>
/// What sampling needs to know of a code: how many samples there are, how few of them must be missing before the data
/// may be lost, and what one costs to fetch. Everything else about sampling is the same for all codes.
/// </summary>
public sealed record SamplingScheme
{
    /// <summary>Largest population.</summary>
    public const int MaxPopulation = 1 << 30;

    /// <summary>A scheme of any code.</summary>
    /// <param name="name">For reports.</param>
    /// <param name="population">Samples that can be asked for: cells, rows or columns; 1 to 2^30.</param>
    /// <param name="unrecoverable">Size of the smallest set of samples whose absence can make the data unrecoverable; 1 to <paramref name="population"/>.</param>
    /// <param name="sampleSize">Bytes of one answer, with its proof; at least 1.</param>
    /// <param name="headerSize">Bytes that a client needs once: roots, commitments.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public SamplingScheme(string name, int population, int unrecoverable, int sampleSize, long headerSize = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(population, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(population, MaxPopulation);
        ArgumentOutOfRangeException.ThrowIfLessThan(unrecoverable, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(unrecoverable, population);
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleSize, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(headerSize);
        (Name, Population, Unrecoverable, SampleSize, HeaderSize) = (name, population, unrecoverable, sampleSize, headerSize);
    }

    /// <summary>For reports.</summary>
    public string Name { get; }

    /// <summary>N: samples that can be asked for.</summary>
    public int Population { get; }

    /// <summary>w: the fewest samples whose absence can make the data unrecoverable.</summary>
    public int Unrecoverable { get; }

    /// <summary>N - w + 1: any set of that many distinct samples recovers the data.</summary>
    public int Sufficient => Population - Unrecoverable + 1;

    /// <summary>Bytes of one answer, with its proof.</summary>
    public int SampleSize { get; }

    /// <summary>Bytes that a client needs once.</summary>
    public long HeaderSize { get; }

    /// <summary>Bits of soundness that the first sample gives: -log2((N - w) / N); infinite if every sample is needed.</summary>
    public double BitsPerSample => -Math.Log2((Population - Unrecoverable) / (double)Population);

    /// <summary>
    /// Cells of a square of 2k × 2k, both directions coded: (k + 1)² withheld cells can make it unrecoverable
    /// (Al-Bassam, Sonnino, Buterin, "Fraud and data availability proofs", 2018, theorem 1).
    /// </summary>
    /// <param name="dataWidth">k, 1 to 16384.</param>
    /// <param name="cellSize">Bytes of a cell.</param>
    /// <param name="rootSize">Bytes of an axis root, and of each node of a path.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static SamplingScheme Square(int dataWidth, int cellSize = SquareParameters.DefaultCellSize, int rootSize = 32)
    {
        int unrecoverable = (int)SamplingConfidence.Unrecoverable(dataWidth);
        ArgumentOutOfRangeException.ThrowIfLessThan(cellSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(rootSize, 1);
        int path = (BitOperations.Log2((uint)(2 * dataWidth - 1)) + 1) * rootSize;
        // da-share.md: version, cell units, cell; da-cell-proof.md: version, axis, row, column, length, path.
        int units = Shared.WireWriter.VarintLength((ulong)(cellSize / SquareParameters.CellAlignment));
        int share = 1 + units + cellSize + 6 + Shared.WireWriter.VarintLength((ulong)path) + path;
        return new SamplingScheme($"square k = {dataWidth}", 4 * dataWidth * dataWidth, unrecoverable, share, 4L * dataWidth * rootSize);
    }

    /// <summary>Rows (or columns, chunks) of a code of which any <paramref name="dataCount"/> recover the data.</summary>
    /// <param name="dataCount">K, at least 1.</param>
    /// <param name="totalCount">K + N.</param>
    /// <param name="sampleSize">Bytes of a row with its proof.</param>
    /// <param name="headerSize">Bytes that a client needs once.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static SamplingScheme Rows(int dataCount, int totalCount, int sampleSize, long headerSize = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dataCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(totalCount, dataCount);
        return new SamplingScheme($"{dataCount} of {totalCount} rows", totalCount, totalCount - dataCount + 1, sampleSize, headerSize);
    }

    /// <summary>
    /// Rows of a row code, in the bytes of docs/formats/da-row-proof.md and da-row-header.md: N + 1 rows that are withheld or do not
    /// verify can put the data out of reach.
    /// </summary>
    /// <param name="parameters">The shape.</param>
    public static SamplingScheme Rows(RowParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return Rows(parameters.DataRows, parameters.Rows, RowProof.EncodedSize(parameters), RowHeader.EncodedSize(parameters));
    }

    /// <summary>
    /// PeerDAS columns (EIP-7594, consensus-specs fulu): any 64 of 128; a column holds for each blob a cell of 2048 bytes
    /// and a proof of 48 bytes, the header a commitment of 48 bytes.
    /// </summary>
    /// <param name="blobs">Blobs in the block, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no blob.</exception>
    public static SamplingScheme PeerDasColumns(int blobs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blobs, 1);
        return new SamplingScheme($"PeerDAS columns, {blobs} blobs", 128, 65, checked(blobs * (2048 + 48)), 48L * blobs);
    }
}
