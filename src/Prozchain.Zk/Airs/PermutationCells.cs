using Prozchain.Zk.Air;
using Prozchain.Zk.Commitments;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Airs;

/// <summary>What tables do with <see cref="IPermutationCells{TField}"/> of width 16.</summary>
public static class PermutationCells
{
    /// <summary>Elements of a state.</summary>
    public const int Width = 16;

    private const int States = 16, RowPiece = 256;

    /// <summary>States a row's compression π(x) + x, of which the elements from a first one on are wanted.</summary>
    /// <param name="builder">Who takes the constraints.</param>
    /// <param name="at">First of the columns, of which <see cref="IPermutationCells{TField}.Columns"/> are taken.</param>
    /// <param name="input">x: 16 elements of degree 1 at most.</param>
    /// <param name="first">Which element is the first one wanted.</param>
    /// <param name="output">Takes them: of degree 1.</param>
    public static void Compress<TCells, TField, TBuilder, TValue>(ref TBuilder builder, int at, scoped ReadOnlySpan<TValue> input, int first, scoped Span<TValue> output)
        where TCells : struct, IPermutationCells<TField>
        where TField : unmanaged, IField<TField>
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TCells.Eval<TBuilder, TValue>(ref builder, at, input, first, output);
        for (int i = 0; i < output.Length; i++) output[i] += input[first + i];
    }

    /// <summary>Refuses what <see cref="IPermutationCells{TField}.Fill"/> does not take.</summary>
    internal static void CheckFill<TField>(Trace<TField> trace, Span<TField> tile, int rows, int first, int outputs) where TField : struct, IField<TField>
    {
        ArgumentNullException.ThrowIfNull(trace);
        if (tile.Length != Width * States) throw new ArgumentException($"Expected a tile of {Width * States} elements, got {tile.Length}.", nameof(tile));
        if (rows is < 1 or > States) throw new ArgumentOutOfRangeException(nameof(rows), rows, $"Expected 1 to {States} rows.");
        if (first < 0 || outputs < 0 || first + outputs > Width)
            throw new ArgumentOutOfRangeException(nameof(outputs), outputs, $"Expected at most {Width} outputs, from {first} on.");
    }

    /// <summary>π(x) + x of one input, the elements from a first one on.</summary>
    /// <param name="input">x: 16 elements.</param>
    /// <param name="first">Which element is the first one wanted.</param>
    /// <param name="output">Takes them.</param>
    public static void Compress<TCells, TField>(ReadOnlySpan<TField> input, int first, Span<TField> output)
        where TCells : struct, IPermutationCells<TField>
        where TField : unmanaged, IField<TField>
    {
        Span<TField> state = stackalloc TField[Width];
        input.CopyTo(state);
        TCells.Permute(state);
        for (int i = 0; i < output.Length; i++) output[i] = state[first + i] + input[first + i];
    }

    /// <summary>Fills the columns of one row from its input.</summary>
    /// <param name="trace">Where to.</param>
    /// <param name="at">First of the columns.</param>
    /// <param name="row">The row.</param>
    /// <param name="input">x: 16 elements.</param>
    /// <param name="first">Which element of the output is the first one wanted.</param>
    /// <param name="output">Takes the elements of π(x) + x that are wanted.</param>
    public static void FillRow<TCells, TField>(Trace<TField> trace, int at, int row, ReadOnlySpan<TField> input, int first, Span<TField> output)
        where TCells : struct, IPermutationCells<TField>
        where TField : unmanaged, IField<TField>
    {
        ArgumentNullException.ThrowIfNull(trace);
        Span<TField> tile = stackalloc TField[States * Width];
        tile.Clear();
        for (int i = 0; i < Width; i++) tile[States * i] = input[i];
        TCells.Fill(trace, at, row, 1, first, output.Length, tile);
        for (int i = 0; i < output.Length; i++) output[i] = tile[States * (first + i)] + input[first + i];
    }

    /// <summary>Fills the columns of every row whose inputs stand in 16 neighbouring columns of the trace. Rows that are padding are filled likewise.</summary>
    /// <param name="trace">Where from and where to.</param>
    /// <param name="input">First of the input's columns.</param>
    /// <param name="at">First of the columns to fill.</param>
    /// <param name="first">Which element of the output is the first one wanted.</param>
    /// <param name="outputs">How many are.</param>
    /// <param name="threads">How many may work.</param>
    /// <param name="cancellation">Looked at between pieces of the work.</param>
    public static void FillRows<TCells, TField>(
        Trace<TField> trace, int input, int at, int first, int outputs, int threads = 1, CancellationToken cancellation = default)
        where TCells : struct, IPermutationCells<TField>
        where TField : unmanaged, IField<TField>
    {
        ArgumentNullException.ThrowIfNull(trace);
        // A visit to the columns fills several cache lines of each.
        WorkRanges.Run(trace.Height, RowPiece, threads, (start, count) =>
        {
            Span<TField> tile = stackalloc TField[States * Width];
            for (int row = start; row < start + count; row += States)
            {
                int rows = Math.Min(States, trace.Height - row);
                if (rows < States) tile.Clear();
                for (int i = 0; i < Width; i++) trace.Column(input + i).Slice(row, rows).CopyTo(tile[(States * i)..]);
                TCells.Fill(trace, at, row, rows, first, outputs, tile);
            }
        }, cancellation);
    }
}
