using Prozchain.Shared;

namespace Prozchain.Rollups.Batches;

/// <summary>
/// Chooses the shortest form of a column, the first of equals. Writer and reader ask the same question, so that a column
/// has one encoding. Keeps its memory from column to column. Not thread-safe.
/// </summary>
internal sealed class NumberPlanner
{
    private const int Slots = 256;

    private readonly ulong[] _dictionary = new ulong[NumberPlan.MaxEntries], _deltas = new ulong[NumberPlan.MaxEntries];
    private readonly ulong[] _slots = new ulong[Slots];
    private readonly byte[] _slotPlace = new byte[Slots];
    private readonly bool[] _slotUsed = new bool[Slots];
    private ulong[] _gaps = [], _values = [], _places = [];

    /// <summary>What the columns are made for.</summary>
    public ColumnLayout Layout { get; set; }

    /// <summary>The first packed part of the column last planned, unless that is the column itself.</summary>
    public ReadOnlySpan<ulong> First(in NumberPlan plan) => (plan.Form == ColumnForm.Sparse ? _gaps : _deltas).AsSpan(0, plan.Entries);

    /// <summary>The second packed part of the column last planned, which had <paramref name="count"/> numbers.</summary>
    public ReadOnlySpan<ulong> Second(in NumberPlan plan, int count) =>
        plan.Form == ColumnForm.Sparse ? _values.AsSpan(0, plan.Entries) : _places.AsSpan(0, count);

    /// <summary>Plans a column of at least one number.</summary>
    public NumberPlan Plan(ReadOnlySpan<ulong> column)
    {
        var best = new NumberPlan(ColumnForm.Packed, 0, 0, PackedNumbers.Plan(column, Layout), default);
        int bytes = best.First.Bytes;
        // A column of one value has no body to save.
        if (best.First.ClassBytes + best.First.BodyBits == 0) return best;
        if (TryPlanSparse(column, out NumberPlan sparse) && SizeOf(sparse) < bytes) (best, bytes) = (sparse, SizeOf(sparse));
        if (TryPlanDictionary(column, out NumberPlan dictionary) && SizeOf(dictionary) < bytes) best = dictionary;
        return best;
    }

    private static int SizeOf(in NumberPlan plan) =>
        1 + WireWriter.VarintLength((ulong)plan.Entries) + plan.First.Bytes + plan.Second.Bytes
        + (plan.Form == ColumnForm.Sparse ? WireWriter.VarintLength(plan.Usual) : 0);

    private bool TryPlanSparse(ReadOnlySpan<ulong> column, out NumberPlan plan)
    {
        plan = default;
        ulong usual = Majority(column);
        int entries = column.Length - column.Count(usual);
        if (entries > column.Length / 8) return false;
        Grow(ref _gaps, entries);
        Grow(ref _values, entries);
        int at = 0, previous = -1;
        for (int i = 0; i < column.Length; i++)
        {
            if (column[i] == usual) continue;
            _gaps[at] = (ulong)(i - previous - 1);
            _values[at++] = column[i];
            previous = i;
        }
        plan = new NumberPlan(ColumnForm.Sparse, entries, usual, PackedNumbers.Plan(_gaps.AsSpan(0, entries), Layout), PackedNumbers.Plan(_values.AsSpan(0, entries), Layout));
        return true;
    }

    private bool TryPlanDictionary(ReadOnlySpan<ulong> column, out NumberPlan plan)
    {
        plan = default;
        Array.Clear(_slotUsed);
        int entries = 0;
        foreach (ulong value in column)
        {
            int slot = Find(value);
            if (_slotUsed[slot]) continue;
            if (entries == NumberPlan.MaxEntries) return false;
            _slotUsed[slot] = true;
            _slots[slot] = value;
            _dictionary[entries++] = value;
        }
        Array.Sort(_dictionary, 0, entries);
        for (int i = 0; i < entries; i++)
        {
            _deltas[i] = i == 0 ? _dictionary[0] : _dictionary[i] - _dictionary[i - 1] - 1;
            _slotPlace[Find(_dictionary[i])] = (byte)i;
        }
        Grow(ref _places, column.Length);
        for (int i = 0; i < column.Length; i++) _places[i] = _slotPlace[Find(column[i])];
        plan = new NumberPlan(ColumnForm.Dictionary, entries, 0, PackedNumbers.Plan(_deltas.AsSpan(0, entries), Layout), PackedNumbers.Plan(_places.AsSpan(0, column.Length), Layout));
        return true;
    }

    // The number that more than half of them are, if there is one (Boyer and Moore's vote).
    private static ulong Majority(ReadOnlySpan<ulong> column)
    {
        ulong candidate = 0;
        int votes = 0;
        foreach (ulong value in column)
        {
            if (votes == 0) candidate = value;
            votes += value == candidate ? 1 : -1;
        }
        return candidate;
    }

    // At most a quarter of the slots is ever used.
    private int Find(ulong value)
    {
        int slot = (int)((value * 0x9E3779B97F4A7C15) >> 56);
        while (_slotUsed[slot] && _slots[slot] != value) slot = (slot + 1) & (Slots - 1);
        return slot;
    }

    private static void Grow(ref ulong[] array, int length)
    {
        if (array.Length < length) array = new ulong[Math.Max(length, array.Length * 2)];
    }
}
