using Prozchain.DataAvailability.Sampling;
using Prozchain.DataAvailability.Slivers;

namespace Prozchain.DataAvailability.Simulation;

/// <summary>A protocol of data availability, as far as a simulation needs to know it.</summary>
/// <param name="Name">For reports.</param>
/// <param name="Scheme">The units that the data is cut into: how many there are, how many may be missing, what one costs to fetch.</param>
/// <param name="Samples">Units that a client samples; 0 if it trusts a certificate of more than two thirds of the nodes.</param>
/// <param name="UnitsPerNode">Distinct units that a node keeps, drawn by its identity.</param>
/// <param name="UnitSize">Bytes of a unit in a store.</param>
/// <param name="Encoding">What keeps wrongly encoded data out.</param>
/// <param name="RepairSize">Bytes that a node fetches of a block to restore its units that nobody can give it, however many.</param>
public sealed record SimulatedProtocol(
    string Name, SamplingScheme Scheme, int Samples, int UnitsPerNode, long UnitSize, EncodingCheck Encoding, long RepairSize)
{
    private const int Cell = SquareParameters.DefaultCellSize, NamespacedRoot = 90, Digest = 32, Certificate = 9000;

    /// <summary>Bytes that a node receives and keeps of one block.</summary>
    public long BytesPerNode => Scheme.HeaderSize + UnitsPerNode * UnitSize;

    /// <summary>Bytes that a client receives of one block.</summary>
    public long BytesPerClient => Scheme.HeaderSize + (long)Samples * Scheme.SampleSize;

    /// <summary>Squares with namespaced trees and fraud proofs: full nodes keep everything, clients sample 16 cells (Celestia).</summary>
    public static SimulatedProtocol Square(int payload)
    {
        int k = SquareParameters.ForPayload(payload).DataWidth;
        SamplingScheme scheme = SamplingScheme.Square(k, Cell, NamespacedRoot);
        // A full node fetches the data and extends it itself.
        return new($"square k = {k}, fraud proofs", scheme, 16, scheme.Population, Math.Max(1, (long)payload / scheme.Population), EncodingCheck.FraudProof, (long)k * Cell);
    }

    /// <summary>PeerDAS: any 64 of 128 columns; a node keeps 8 and samples 8.</summary>
    public static SimulatedProtocol PeerDas(int payload)
    {
        SamplingScheme scheme = SamplingScheme.PeerDasColumns((payload + 131_071) / 131_072);
        return new("PeerDAS columns", scheme, 8, 8, scheme.SampleSize, EncodingCheck.Algebraic, 64L * scheme.SampleSize);
    }

    /// <summary>Rows at rate 1/4 with an algebraic check: 4096 of 16384; any third of the nodes keeps enough, clients sample 16 rows (Fibre, ZODA).</summary>
    public static SimulatedProtocol Rows(int payload, int nodes)
    {
        const int Data = 4096, All = 16384;
        int row = (payload + Data * 64 - 1) / (Data * 64) * 64;
        SamplingScheme scheme = SamplingScheme.Rows(Data, All, row + 14 * Digest + 8, Data * 16L);
        return new("rows 4096 of 16384, algebraic", scheme, 16, Math.Min(All, (3 * Data + nodes - 1) / nodes), row, EncodingCheck.Algebraic, (long)Data * row);
    }

    /// <summary>Slivers in two dimensions under a certificate, without sampling (Walrus).</summary>
    public static SimulatedProtocol Slivers(int payload, int nodes)
    {
        SliverParameters shape = SliverParameters.ForPayload(payload, nodes);
        long pair = (long)(shape.Rows + shape.Columns) * shape.SymbolSize;
        SamplingScheme scheme = SamplingScheme.Rows(shape.Rows, nodes, (int)pair, 2L * nodes * Digest + Certificate);
        return new($"slivers of {nodes} nodes, certificate", scheme, 0, 1, pair, EncodingCheck.Reader, pair);
    }

    /// <summary>Chunks at rate 1/8 under a certificate, without sampling: the KZG profile of EigenDA, whose openings prove the encoding.</summary>
    public static SimulatedProtocol Committee(int payload, int nodes)
    {
        const int Data = 1024, All = 8192;
        int chunk = (payload + Data - 1) / Data, units = (All + nodes - 1) / nodes;
        SamplingScheme scheme = SamplingScheme.Rows(Data, All, chunk + 48, 48 + Certificate);
        return new("chunks 1024 of 8192, certificate", scheme, 0, units, chunk + 48, EncodingCheck.Algebraic, (long)Data * (chunk + 48));
    }

    /// <summary>All of the above for one size of block and network.</summary>
    public static IReadOnlyList<SimulatedProtocol> All(int payload, int nodes) =>
        [Square(payload), PeerDas(payload), Rows(payload, nodes), Slivers(payload, nodes), Committee(payload, nodes)];
}
