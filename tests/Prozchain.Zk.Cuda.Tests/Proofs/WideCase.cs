using Prozchain.Zk.Air;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Cuda.Tests.Proofs;

/// <summary>A table of many columns, each of which the row's next neighbour is added to, and its proof.</summary>
internal sealed class WideCase
{
    private readonly Trace<F> _trace;
    private readonly F[][] _publics = [[]];

    public WideCase(int width, int logRows)
    {
        WideAir air = new(width);
        StarkShape shape = StarkKey.ShapeOf<F>([air], logRows, logRows);
        Key = StarkKey.Create<F>([air], StarkParameters.ForBenchmark(shape, 4, 1, 24, default, 2, 0));
        _trace = new(width, 1 << logRows);
        for (int column = 0; column < width; column++) _trace[column, 0] = F.FromUInt64((ulong)column * 77 + 5);
        for (int row = 1; row < _trace.Height; row++)
            for (int column = 0; column < width; column++) _trace[column, row] = _trace[column, row - 1] + _trace[(column + 1) % width, row - 1];
    }

    public StarkKey<F> Key { get; }

    public StarkProof Prove(StarkProverOptions options, IProgress<StarkProgress>? progress = null, CancellationToken cancellation = default) =>
        StarkProver.Prove(Key, [_trace], _publics, options, progress, cancellation: cancellation);

    private readonly record struct WideAir(int Width) : IAir
    {
        public AirShape Shape => new() { Name = "wide", Width = Width };

        public void Eval<TBuilder, TValue>(ref TBuilder b)
            where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
            where TValue : struct, IAirExpression<TValue>
        {
            for (int i = 0; i < Width; i++) b.AssertEqual(Rows.Transition, b.Next(i), b.Local(i) + b.Local((i + 1) % Width), "sum", i);
        }
    }
}
