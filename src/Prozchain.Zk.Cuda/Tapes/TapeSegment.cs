namespace Prozchain.Zk.Cuda.Tapes;

/// <summary>Writes the kernel of one piece of a tape: see <see cref="TapePtx"/>.</summary>
internal sealed class TapeSegment
{
    // A cell that was not read in so many instructions is read again: registers are scarcer than loads from the cache.
    private const int Window = 96;

    private readonly LoweredTape _tape;
    private readonly TapeSegments _segments;
    private readonly uint?[] _constants;
    private readonly PtxWriter _writer;
    private readonly PtxRow _row;
    private readonly Dictionary<int, (string Register, bool IsWide, bool IsNew)> _slots = [];
    private readonly Dictionary<TapePlace, (string Register, int Used)> _read = [];
    private int _at;

    /// <param name="tape">The tape.</param>
    /// <param name="field">The field.</param>
    /// <param name="constants">See <see cref="LoweredTape.Constants"/>.</param>
    /// <param name="isNatural">Whether rows are in natural order.</param>
    /// <param name="segments">How the tape is cut.</param>
    public TapeSegment(LoweredTape tape, PtxField field, uint?[] constants, bool isNatural, TapeSegments segments)
    {
        (_tape, _segments, _constants) = (tape, segments, constants);
        _writer = new(field);
        _row = new(_writer, isNatural);
    }

    /// <summary>Writes piece i; once.</summary>
    public PtxWriter Write(int i)
    {
        for (_at = _segments.Starts[i]; _at < _segments.Starts[i + 1]; _at++) Write(_tape.Instructions[_at]);
        bool isLast = i + 2 == _segments.Starts.Count;
        int[] carried = _segments.Carried[i + 1];
        for (int k = 0; k < carried.Length; k++)
        {
            // What the piece has not changed is in its place.
            if (!isLast && !(_slots.TryGetValue(carried[k], out var slot) && slot.IsNew)) continue;
            _row.Store(isLast ? "outputs" : "carried", isLast ? k : _segments.Home(carried[k]), Slot(carried[k]));
        }
        return _writer;
    }

    private void Write(LoweredInstruction instruction)
    {
        int degree = _writer.Field.Degree;
        switch (instruction.Kind)
        {
            case LoweredKind.Combine:
                _slots[instruction.Target] = (Combine(instruction), false, true);
                break;
            case LoweredKind.Fold:
                Fold(instruction.Target, instruction.A.Index, instruction.B.Index);
                break;
            default:
                string[] product = PtxExtension.Multiply(_writer, Element(instruction.Target), Element(instruction.A.Index));
                for (int k = 0; k < degree; k++) _slots[instruction.Target + k] = (product[k], false, true);
                break;
        }

        string[] Element(int slot) => [.. Enumerable.Range(slot, degree).Select(Slot)];
    }

    private string Combine(LoweredInstruction instruction)
    {
        string a = Read(instruction.A), x;
        if (instruction.First == FirstOperation.Add && instruction.B == TapePlace.Uniform(0))
        {
            // A copy. A number is no register, which instructions want for their first operand.
            x = a[0] == '%' ? a : _writer.Word("mov.u32", a);
        }
        else
        {
            string b = Read(instruction.B);
            if (a[0] != '%') a = _writer.Word("mov.u32", a);
            x = instruction.First switch
            {
                FirstOperation.Add => _writer.Add(a, b),
                FirstOperation.Subtract => _writer.Subtract(a, b),
                FirstOperation.Multiply => _writer.Multiply(a, b),
                _ => Xor(a, b),
            };
        }
        if (instruction.Then == ThenOperation.None) return x;
        string c = Read(instruction.C);
        if (c[0] != '%') c = _writer.Word("mov.u32", c);
        return instruction.Then switch
        {
            ThenOperation.Add => _writer.Add(x, c),
            ThenOperation.Subtract => _writer.Subtract(x, c),
            ThenOperation.SubtractFrom => _writer.Subtract(c, x),
            _ => _writer.Multiply(x, c),
        };

        string Xor(string left, string right)
        {
            string product = _writer.Multiply(left, right);
            return _writer.Subtract(_writer.Add(left, right), _writer.Add(product, product));
        }
    }

    // The sums stay as they are before reduction until something else reads them.
    private void Fold(int target, int first, int count)
    {
        int degree = _writer.Field.Degree;
        var factors = new string[count][];
        var terms = new string[count];
        for (int i = 0; i < count; i++)
        {
            terms[i] = Read(_tape.Terms[first + i]);
            factors[i] = _row.Factors(first + i);
        }
        for (int k = 0; k < degree; k++)
        {
            string sum = _slots.TryGetValue(target + k, out var slot) && slot.IsWide ? slot.Register : _writer.Widen(Slot(target + k));
            (string, string)[] products = [.. Enumerable.Range(0, count).Select(i => (terms[i], factors[i][k]))];
            _slots[target + k] = (_writer.AddProducts(sum, products), true, true);
        }
    }

    private string Slot(int slot)
    {
        if (!_slots.TryGetValue(slot, out var value)) value = (_row.Load("carried", _segments.Home(slot)), false, false);
        else if (value.IsWide) value = (_writer.Reduce(value.Register), false, value.IsNew);
        _slots[slot] = value;
        return value.Register;
    }

    // A register, or a number.
    private string Read(TapePlace place)
    {
        if (place.Kind == PlaceKind.Slot) return Slot(place.Index);
        if (place.Kind == PlaceKind.Uniform && _constants[place.Index] is { } constant) return PtxWriter.Number(constant);
        if (!_read.TryGetValue(place, out var value) || _at - value.Used > Window)
            value.Register = place.Kind == PlaceKind.Uniform ? _row.Uniform(place.Index) : _row.Cell(place.Index, _tape.Cells[place.Index]);
        _read[place] = (value.Register, _at);
        return value.Register;
    }
}
