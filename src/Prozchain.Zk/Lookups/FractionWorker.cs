using System.Runtime.CompilerServices;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lanes;
using Prozchain.Zk.Stark;

namespace Prozchain.Zk.Lookups;

/// <summary>
/// The fractions of each group of interactions, a run of rows at a time. All divisions of a run are one inversion: the
/// products of the groups are multiplied up group by group, then half of the run by half, by Montgomery's trick.
/// </summary>
internal sealed unsafe class FractionWorker<TField, TParameters> : IRunWorker
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : struct, IExtensionParameters<TField>
{
    private readonly TapeWorker<TField, TParameters> _tape;
    private readonly int _groups;
    private readonly RunOrder _order;
    private readonly TField* _destination;
    private readonly nint _stride;
    private readonly Failure _failure;

    // As many as the widest vectors have.
    private readonly Extension<TField, TParameters>[] _few = new Extension<TField, TParameters>[64];

    public FractionWorker(
        TapeProgram program, TapeValues<TField, TParameters> values, TapeColumns<TField> columns, RunOrder order, int groups, TField* destination, nint stride, Failure failure)
    {
        (_groups, _order, _stride, _failure) = (groups, order, stride, failure);
        _destination = destination;
        // The products so far of each group, the halves of the last, and the inverse at hand.
        _tape = new(program, values, columns, order, extra: (groups + 3) * TParameters.Degree);
    }

    public void Execute(int run)
    {
        if (_failure.Happened) return;
        _tape.Execute(run);
        var kernel = new Kernel(this, run);
        TField.Dispatch(ref kernel);
    }

    public void Dispose() => _tape.Dispose();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Divide<TPacked>(int run) where TPacked : struct, IPacked<TPacked, TField>
    {
        nint length = _order.Run, size = TParameters.Degree * length;
        TField* prefixes = _tape.Extra, inverse = prefixes + _groups * size, room = inverse + size;
        Copy(_tape.Extension(0), prefixes, size);
        for (int g = 1; g < _groups; g++)
        {
            Copy(prefixes + (g - 1) * size, prefixes + g * size, size);
            TapeKernel<TField, TParameters>.Multiply<TPacked>(prefixes + g * size, _tape.Extension(g), prefixes + g * size, length, length);
        }
        Copy(prefixes + (_groups - 1) * size, inverse, size);
        if (!TryInvert<TPacked>(inverse, room, length))
        {
            _failure.Happened = true;
            return;
        }
        TField* sum = _destination + run * length;
        for (int g = _groups - 1; g >= 0; g--)
        {
            TField* fraction = _tape.Extension(_groups + g);
            TapeKernel<TField, TParameters>.Multiply<TPacked>(fraction, inverse, fraction, length, length);
            if (g > 0)
            {
                TapeKernel<TField, TParameters>.Multiply<TPacked>(fraction, prefixes + (g - 1) * size, fraction, length, length);
                TapeKernel<TField, TParameters>.Multiply<TPacked>(inverse, _tape.Extension(g), inverse, length, length);
            }
            for (int k = 0; k < TParameters.Degree; k++)
            {
                TField* coordinate = fraction + k * length, rows = sum + k * _stride;
                Copy(coordinate, rows + (1 + g) * TParameters.Degree * _stride, length);
                // The first column holds what each row adds until the rows are summed up.
                if (g == _groups - 1) Copy(coordinate, rows, length);
                else TapeLoops<TField, TPacked>.Binary<AddOperation>(rows, coordinate, rows, length);
            }
        }
    }

    // Multiplies the run's halves until few elements are left, inverts these, and goes back: 1/a = b/(a b). The coordinates
    // keep their distance, so that each level lies beside the last in the room.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryInvert<TPacked>(TField* values, TField* room, nint length) where TPacked : struct, IPacked<TPacked, TField>
    {
        nint stride = length, level = 0, at = length;
        int degree = TParameters.Degree;
        TField* from = values;
        for (; at > TPacked.Count; level++)
        {
            nint half = at / 2;
            TField* to = room + Offset(length, half);
            // The kernel reads the right half before it writes; the halves overlap none of the target.
            TapeKernel<TField, TParameters>.Multiply<TPacked>(from, from + half, to, half, stride);
            from = to;
            at = half;
        }
        if (!TryInvertFew(from, at, stride)) return false;
        for (; level > 0; level--)
        {
            nint half = at;
            TField* inverse = from;
            at = 2 * half;
            from = level == 1 ? values : room + Offset(length, at);
            // Both halves change at once: the left one's inverse goes through the room beyond the levels.
            TField* left = room + degree * stride;
            TapeKernel<TField, TParameters>.Multiply<TPacked>(inverse, from + half, left, half, stride);
            TapeKernel<TField, TParameters>.Multiply<TPacked>(inverse, from, from + half, half, stride);
            for (int k = 0; k < degree; k++) Copy(left + k * stride, from + k * stride, half);
        }
        return true;
    }

    // Levels of halves side by side: length / 2, length / 4 and so on.
    private static nint Offset(nint length, nint half) => length - 2 * half;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryInvertFew(TField* values, nint count, nint stride)
    {
        Span<TField> coordinates = stackalloc TField[TParameters.Degree];
        Span<Extension<TField, TParameters>> elements = _few.AsSpan(0, (int)count);
        for (int i = 0; i < count; i++)
        {
            for (int k = 0; k < coordinates.Length; k++) coordinates[k] = values[k * stride + i];
            elements[i] = Extension<TField, TParameters>.FromCoefficients(coordinates);
            if (elements[i] == default) return false;
        }
        FieldSpans.Invert<Extension<TField, TParameters>>(elements, elements);
        for (int i = 0; i < count; i++)
        {
            for (int k = 0; k < coordinates.Length; k++) values[k * stride + i] = elements[i][k];
        }
        return true;
    }

    private static void Copy(TField* source, TField* target, nint length) => new ReadOnlySpan<TField>(source, (int)length).CopyTo(new Span<TField>(target, (int)length));

    private readonly struct Kernel(FractionWorker<TField, TParameters> worker, int run) : IPackedKernel<TField>
    {
        public void Run<TPacked>() where TPacked : struct, IPacked<TPacked, TField>
        {
            if (worker._order.Run < TPacked.Count) worker.Divide<ScalarPacked<TField>>(run);
            else worker.Divide<TPacked>(run);
        }
    }
}

/// <summary>Whether some worker met a value that is zero.</summary>
internal sealed class Failure
{
    private volatile bool _happened;

    public bool Happened
    {
        get => _happened;
        set => _happened = value;
    }
}
