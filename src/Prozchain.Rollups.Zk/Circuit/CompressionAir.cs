using System.Runtime.CompilerServices;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>
/// Vouches for compressions on <see cref="RollupBuses.CompressN"/> and <see cref="RollupBuses.CompressM"/>: one a row, which answers for both
/// windows.
/// </summary>
/// <remarks>
/// Columns: 16 inputs; the permutation's cells with elements 0 to 11 of the output; how often it is asked for with window N, and with window M:
/// 162 with Poseidon2. Padding is compressions of zeros, for which nobody asks. <see cref="CompressionAsks{TCells}"/> makes the trace.
/// </remarks>
/// <typeparam name="TCells">The permutation.</typeparam>
internal readonly struct CompressionAir<TCells> : IAir where TCells : struct, IPermutationCells<F>
{
    /// <summary>Elements of an answer.</summary>
    public const int Outputs = 8;

    /// <summary>Elements of the output that have columns, from 0 on.</summary>
    public const int Kept = (int)CompressionWindow.M + Outputs;

    private const int Width = PermutationCells.Width;

    /// <summary>How often it is asked for with window N; behind it, with window M.</summary>
    public static int Counts => Width + TCells.Columns(Kept);

    /// <inheritdoc/>
    public AirShape Shape => new() { Name = "compression", Width = Counts + 2 };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        Cells<TValue> cells = default;
        Span<TValue> all = cells, input = all[..Width], output = all[Width..];
        for (int i = 0; i < Width; i++) input[i] = b.Local(i);
        PermutationCells.Compress<TCells, F, TBuilder, TValue>(ref b, Width, input, 0, output);
        b.Receive(RollupBuses.CompressN, b.Local(Counts), all[..(Width + Outputs)]);
        output[(int)CompressionWindow.M..].CopyTo(output);
        b.Receive(RollupBuses.CompressM, b.Local(Counts + 1), all[..(Width + Outputs)]);
    }

    [InlineArray(Width + Kept)]
    private struct Cells<TValue>
    {
        private TValue _first;
    }
}
