using System.Runtime.CompilerServices;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lanes;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Stark;

/// <summary>Runs the constraints of a table over runs of a block, and divides their sums by the polynomial Z = x^N - 1.</summary>
/// <remarks>
/// With the selectors Z / (x - 1), Z / (x - 1/w) and x - 1/w, Z is left only in the sums of all rows and of the transition.
/// It takes one value on each N neighbouring points.
/// </remarks>
internal sealed unsafe class QuotientWorker<TField, TParameters> : IRunWorker
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : struct, IExtensionParameters<TField>
{
    private readonly QuotientTask<TField, TParameters> _task;
    private readonly TapeWorker<TField, TParameters> _tape;
    private readonly RunOrder _order;
    private readonly TField* _destination;
    private readonly nint _stride;
    private readonly TField[] _points;
    private readonly TField _root, _beforeFirst;
    private readonly bool _hasSelectors, _hasEnds;

    public QuotientWorker(
        QuotientTask<TField, TParameters> task, TapeValues<TField, TParameters> values, TapeColumns<TField> columns, RunOrder order, TField* destination, nint stride)
    {
        TapeProgram program = task.Tape.Quotient;
        (_task, _order, _stride) = (task, order, stride);
        _destination = destination;
        _tape = new(program, values, columns, order, extra: 4);
        _root = TField.TwoAdicGenerator(task.LogBlock);
        _beforeFirst = TField.TwoAdicGenerator(task.LogRows).Inverse();
        _points = Points(order.Run);
        _hasEnds = task.Tape.Lookups.HasAny || task.Tape.Lookups.Graph.Constraints.Any(constraint => constraint.Rows is Rows.First or Rows.Last);
        _hasSelectors = _hasEnds || task.Tape.Lookups.Graph.Constraints.Any(constraint => constraint.Rows == Rows.Transition);
    }

    public void Execute(int run)
    {
        _tape.Execute(run);
        int length = _order.Run, start = run * length;
        TField x = _task.Shift * FieldMath.Power(_root, (ulong)BitReversal.Reverse(run, _task.LogBlock - Log(length)));
        TField inverse = (FieldMath.Power(x, 1UL << _task.LogRows) - TField.One).Inverse();
        if (_hasSelectors) Select(x, inverse, length);
        var kernel = new DivideKernel(_tape.Extension(0), _tape.Extra, inverse, _destination + start, _stride, length, _hasSelectors);
        TField.Dispatch(ref kernel);
    }

    public void Dispose() => _tape.Dispose();

    private static int Log(int length) => System.Numerics.BitOperations.Log2((uint)length);

    // w_K^(index), for the first run.
    private static TField[] Points(int length)
    {
        var points = new TField[length];
        TField step = TField.TwoAdicGenerator(Log(length)), power = TField.One;
        for (int i = 0; i < length; i++, power *= step) points[BitReversal.Reverse(i, Log(length))] = power;
        return points;
    }

    // Factors of the sums for all rows, the first, the last, all but the last.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Select(TField x, TField inverse, int length)
    {
        TField* all = _tape.Extra, first = all + length, last = first + length, transition = last + length;
        for (int i = 0; i < length; i++)
        {
            TField point = _points[i] * x;
            (first[i], last[i]) = (point - TField.One, point - _beforeFirst);
            (all[i], transition[i]) = (inverse, last[i] * inverse);
        }
        if (_hasEnds) FieldSpans.Invert(new ReadOnlySpan<TField>(first, 2 * length), new Span<TField>(first, 2 * length));
    }

    private readonly struct DivideKernel(TField* sums, TField* selectors, TField inverse, TField* destination, nint stride, nint length, bool hasSelectors) : IPackedKernel<TField>
    {
        private readonly TField* _sums = sums, _selectors = selectors, _destination = destination;

        public void Run<TPacked>() where TPacked : struct, IPacked<TPacked, TField>
        {
            if (length < TPacked.Count) Divide<ScalarPacked<TField>>();
            else Divide<TPacked>();
        }

        private void Divide<TPacked>() where TPacked : struct, IPacked<TPacked, TField>
        {
            for (int k = 0; k < TParameters.Degree; k++)
            {
                if (hasSelectors) Selected<TPacked>(_sums + k * length, TParameters.Degree * length, _selectors, _destination + k * stride, length);
                else TapeLoops<TField, TPacked>.Uniform<MultiplyOperation>(_sums + k * length, inverse, _destination + k * stride, length);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Selected<TPacked>(TField* sums, nint step, TField* selectors, TField* target, nint length) where TPacked : struct, IPacked<TPacked, TField>
        {
            for (nint i = 0; i < length; i += TPacked.Count)
            {
                TPacked.Store(TPacked.SumOfProducts(
                    TPacked.Load(ref sums[i]), TPacked.Load(ref selectors[i]), TPacked.Load(ref sums[i + step]), TPacked.Load(ref selectors[i + length]),
                    TPacked.Load(ref sums[i + 2 * step]), TPacked.Load(ref selectors[i + 2 * length]),
                    TPacked.Load(ref sums[i + 3 * step]), TPacked.Load(ref selectors[i + 3 * length])), ref target[i]);
            }
        }
    }
}
