using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>A ring and the pairs that it asks for, of some field, extension and hash.</summary>
internal sealed class RingCase<TField> where TField : unmanaged, ITwoAdicField<TField>
{
    private readonly Trace<TField>[] _traces;
    private readonly byte[] _logRows;

    public RingCase(int degree, StarkHash hash, bool hiding, int ring, int pairs, int logBlowup)
    {
        RingAir air = new(ring);
        IAir[] airs = [air, new PairsAir()];
        StarkShape shape = StarkKey.ShapeOf<TField>(airs, Math.Min(ring, pairs), Math.Max(ring, pairs), hiding);
        Key = StarkKey.Create<TField>(airs, StarkParameters.ForBenchmark(shape, degree, logBlowup, 24, default, 2, 0, hash == StarkHash.Poseidon2 ? 248 : 256), hash);
        uint[] asked = new uint[4];
        Publics = [[TField.FromUInt64(99)], []];
        _traces = [air.Generate(Publics[0][0], asked), PairsAir.Generate<TField>(1 << pairs, asked)];
        _logRows = [(byte)ring, (byte)pairs];
    }

    public StarkKey<TField> Key { get; }

    public IReadOnlyList<Trace<TField>> Traces => _traces;

    public TField[][] Publics { get; }

    /// <summary>The ways to make a proof, on some threads.</summary>
    public IEnumerable<MemoryPlan> Ways(int threads) => MemoryPlan.Ways(Key, new ProofLayout<TField>(Key, _logRows), new bool[Key.Count], threads);

    /// <summary>What some of them take.</summary>
    public IEnumerable<long> Budgets(int threads) => Ways(threads).Where(way => way.LogPieces is 0 or 2 or 5).Select(way => way.Bytes).Distinct();

    /// <summary>What no proof does without.</summary>
    public long LeastBudget => Ways(2).Min(way => way.Bytes);

    public StarkProof Prove(StarkProverOptions options, CancellationToken cancellation = default) =>
        StarkProver.Prove(Key, _traces, Publics, options, cancellation: cancellation);
}
