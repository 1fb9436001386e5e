using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Cuda.Tests.Backend;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Lookups;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Cuda.Tests.Proofs;

/// <summary>Permutations on a bus, which may be described, and a table that asks for them.</summary>
internal sealed class BusCase
{
    public const int LogRows = 6;

    private const int Count = 1 << LogRows;

    private readonly Poseidon2Air<KoalaBear> _air = new(1, onBus: true);
    private readonly F[] _inputs = new Samples<F, KoalaBear4>(3).Elements(16 * Count);
    private readonly uint[] _asked = [.. Enumerable.Range(0, Count).Select(i => i % 4 == 0 ? 2u : i % 4 == 1 ? 0u : 1u)];

    public IAir[] Airs => [_air, new AskingAir()];

    /// <summary>A key for them.</summary>
    public StarkKey<F> Key(bool hiding = false) => StarkKey.Create<F>(
        Airs, StarkParameters.ForBenchmark(StarkKey.ShapeOf<F>(Airs, LogRows, LogRows, hiding), 4, 1, 20, default, 2, 0));

    public Trace<F>[] Traces(bool isDescribed)
    {
        Trace<F> questions = new(32, Count);
        int row = 0;
        for (int i = 0; i < Count; i++)
        {
            F[] output = _inputs[(16 * i)..(16 * i + 16)];
            Poseidon2Width16<KoalaBear>.Permute(output);
            for (uint times = 0; times < _asked[i]; times++, row++)
                for (int k = 0; k < 16; k++) (questions[k, row], questions[16 + k, row]) = (_inputs[16 * i + k], output[k]);
        }
        Assert.Equal(Count, row);
        return [isDescribed ? _air.Describe(_inputs, 1, _asked) : _air.Generate(_inputs, 1, _asked), questions];
    }

    /// <summary>Asks for a permutation in each row.</summary>
    private readonly struct AskingAir : IAir
    {
        public AirShape Shape => new() { Name = "asking", Width = 32 };

        public void Eval<TBuilder, TValue>(ref TBuilder b)
            where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
            where TValue : struct, IAirExpression<TValue>
        {
            var fact = new TValue[32];
            for (int i = 0; i < fact.Length; i++) fact[i] = b.Local(i);
            b.Send(Buses.Poseidon2, b.Constant(1), fact);
        }
    }
}
