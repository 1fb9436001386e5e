using System.Runtime.CompilerServices;
using Prozchain.Zk.Backends;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Commitments;

/// <summary>
/// Values of matrices on windows of their domains, for those that are not kept there: a window is 2^m neighbouring values, which lie on
/// a coset s · ⟨w⟩ of 2^m points. A polynomial is interpolated, reduced modulo x^(2^m) - s^(2^m), and evaluated.
/// </summary>
internal sealed class MatrixWindows<TField>(BackendSettings settings) where TField : unmanaged, ITwoAdicField<TField>
{
    private const int LeastLogWindow = 4;

    private readonly HashSet<ExtendedMatrix<TField>> _interpolated = [];

    /// <summary>log2 of the values of a window.</summary>
    /// <param name="logRows">log2 of the values of a block.</param>
    /// <param name="logPieces">log2 of the windows of a block, if it is large.</param>
    public static int Log(int logRows, int logPieces) => Math.Max(Math.Min(LeastLogWindow, logRows), logRows - logPieces);

    /// <summary>Elements that a thread needs meanwhile.</summary>
    public static long Scratch(int logRows) => 2L << logRows;

    /// <summary>
    /// Puts coefficients in the place of a kept matrix' first block, for many windows to be computed from, or puts the block back. Nobody
    /// else may read the matrix between.
    /// </summary>
    public void Interpolate(ExtendedMatrix<TField> matrix, bool isBack)
    {
        int rows = 1 << matrix.LogRows;
        CosetExtension<TField> extension = Extension(matrix);
        WorkRanges.Run(matrix.Width, 1, settings.Threads, (column, _) =>
        {
            Span<TField> block = matrix.Extended.Column(column, rows).Span;
            if (isBack) extension.EvaluateBlock(0, block, block);
            else extension.InterpolateBlock(0, block, block);
        }, settings.Cancellation);
        if (isBack) _interpolated.Remove(matrix);
        else _interpolated.Add(matrix);
    }

    /// <summary>Computes columns on a window.</summary>
    /// <param name="matrix">The matrix, whose values are not changed.</param>
    /// <param name="columns">The columns, or null for all.</param>
    /// <param name="logWindow">log2 of the values, at most those of a block.</param>
    /// <param name="shift">The first point.</param>
    /// <param name="destination">As many columns.</param>
    public void Fill(ExtendedMatrix<TField> matrix, int[]? columns, int logWindow, TField shift, ColumnMemory<TField> destination)
    {
        int rows = 1 << matrix.LogRows, length = 1 << logWindow;
        CosetExtension<TField> extension = Extension(matrix);
        TransformPlan<TField> evaluation = settings.Memory.Factors(
            (typeof(TransformPlan<TField>), logWindow), (long)length * Unsafe.SizeOf<TField>(), () => TransformPlan<TField>.Forward(logWindow, TField.One, TransformOrder.BitReversed));
        TField step = FieldMath.Power(shift, (ulong)length);
        using ScratchSet<TField> scratch = new(settings.Memory, (int)Scratch(matrix.LogRows), settings.Threads);
        WorkRanges.Run(destination.Width, 1, settings.Threads, (index, _) =>
        {
            TField[] room = scratch.Take();
            Span<TField> coefficients = room.AsSpan(0, rows), values = destination.Column(index, length).Span;
            int column = columns is null ? index : columns[index];
            if (_interpolated.Contains(matrix)) coefficients = matrix.Extended.Column(column, rows).Span;
            else if (matrix.Rows is { } given) extension.Interpolate(given.Column(column, rows).Span, room.AsSpan(rows, rows), coefficients);
            else extension.InterpolateBlock(0, matrix.Column(column).Span[..rows], coefficients);
            coefficients[(rows - length)..].CopyTo(values);
            for (int from = rows - 2 * length; from >= 0; from -= length) FieldSpans.MultiplyAdd<TField>(values, step, coefficients.Slice(from, length), values);
            FieldSpans.MultiplyPowers<TField>(values, shift, values);
            evaluation.Run(values, values, settings.Cancellation);
            scratch.Give(room);
        }, settings.Cancellation);
    }

    /// <summary>Values of the extension of a matrix that is not kept, at some positions: column by column it is computed again.</summary>
    public TField[][] Read(ExtendedMatrix<TField> matrix, int[] positions)
    {
        int rows = 1 << matrix.LogRows, size = 1 << matrix.LogSize;
        CosetExtension<TField> extension = Extension(matrix);
        using ScratchSet<TField> scratch = new(settings.Memory, size, settings.Threads);
        TField[][] opened = [.. positions.Select(_ => new TField[matrix.Width])];
        WorkRanges.Run(matrix.Width, 1, settings.Threads, (column, _) =>
        {
            TField[] values = scratch.Take();
            extension.Extend(matrix.Rows!.Column(column, rows).Span, new(1, rows), values, new(1, size), 1, settings.Cancellation);
            for (int i = 0; i < positions.Length; i++) opened[i][column] = values[positions[i]];
            scratch.Give(values);
        }, settings.Cancellation);
        return opened;
    }

    private CosetExtension<TField> Extension(ExtendedMatrix<TField> matrix)
    {
        CosetExtension<TField> extension = MatrixExtender<TField>.Extension(settings.Memory, matrix.LogRows, settings.LogBlowup, TField.MultiplicativeGenerator);
        // The way back from a block has factors of its own.
        return matrix.Rows is not null ? extension
            : settings.Memory.Factors(("back", typeof(TField), matrix.LogRows), (long)Unsafe.SizeOf<TField>() << matrix.LogRows, () => extension);
    }
}
