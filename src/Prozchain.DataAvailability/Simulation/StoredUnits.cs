using Prozchain.DataAvailability.Sampling;

namespace Prozchain.DataAvailability.Simulation;

/// <summary>Which units of a block the honest nodes hold, while nodes come and go.</summary>
internal sealed class StoredUnits
{
    private const byte UnitsOfNode = 1;

    private readonly SimulatedProtocol _protocol;
    private readonly SimulationRandom _random;
    private readonly int[][] _units;
    private readonly int[] _holders;
    private int _identities;

    public StoredUnits(SimulatedProtocol protocol, SimulationRandom random, int honestNodes)
    {
        (_protocol, _random) = (protocol, random);
        _holders = new int[protocol.Scheme.Population];
        _units = new int[honestNodes][];
        for (int node = 0; node < honestNodes; node++) Hold(node, Draw(node));
    }

    /// <summary>Distinct units that honest nodes hold.</summary>
    public int Covered { get; private set; }

    /// <summary>What they hold over what recovers a block.</summary>
    public double Redundancy => Covered / (double)_protocol.Scheme.Sufficient;

    /// <summary>Nodes leave, all at once, and others come in their places.</summary>
    /// <param name="leaving">The nodes.</param>
    /// <param name="blocks">Blocks to fetch.</param>
    /// <param name="redundancy">What was left before anyone came.</param>
    /// <returns>Bytes that those fetched who came.</returns>
    public long Replace(IReadOnlyList<int> leaving, int blocks, out double redundancy)
    {
        foreach (int node in leaving)
        {
            foreach (int unit in _units[node])
                if (--_holders[unit] == 0) Covered--;
        }
        redundancy = Redundancy;
        bool isLost = Covered < _protocol.Scheme.Sufficient;
        long bytes = 0;
        foreach (int node in leaving)
        {
            int[] units = Draw(node);
            // With nothing to restore from, the newcomer keeps what later blocks bring.
            if (!isLost) bytes += FetchOf(units);
            Hold(node, units);
        }
        return bytes * blocks;
    }

    /// <summary>Units that the first so many honest nodes hold together.</summary>
    public int CoveredBy(int nodes)
    {
        HashSet<int> covered = [];
        for (int node = 0; node < Math.Min(nodes, _units.Length); node++) covered.UnionWith(_units[node]);
        return covered.Count;
    }

    // What nobody has is restored, all of it from one fetch.
    private long FetchOf(int[] units)
    {
        int given = units.Count(unit => _holders[unit] > 0);
        return given * _protocol.UnitSize + (given < units.Length ? _protocol.RepairSize : 0);
    }

    private void Hold(int node, int[] units)
    {
        _units[node] = units;
        foreach (int unit in units)
            if (_holders[unit]++ == 0) Covered++;
    }

    private int[] Draw(int node)
    {
        int population = _protocol.Scheme.Population;
        if (_protocol.UnitsPerNode >= population) return [.. Enumerable.Range(0, population)];
        // Under a certificate units are dealt, each place its own; else an identity draws them.
        if (_protocol.Samples == 0) return [.. Enumerable.Range(0, _protocol.UnitsPerNode).Select(i => (node * _protocol.UnitsPerNode + i) % population)];
        DistinctDraw draw = _random.Distinct(UnitsOfNode, _identities++, 0, population);
        var units = new int[_protocol.UnitsPerNode];
        for (int i = 0; i < units.Length; i++) draw.TryNext(out units[i]);
        return units;
    }
}
