namespace Prozchain.Sharding.Execution;

/// <summary>
/// Parts a run of transactions into groups without a common cell that anyone writes: union-find over cells, groups in
/// the order of their first transactions, within a group the order of the block. A function of the declared sets alone.
/// </summary>
internal sealed class ConflictGroups
{
    private int[] _parents = [], _owners = [], _starts = [], _order = [], _numbers = [];

    /// <summary>Number of groups.</summary>
    public int Count { get; private set; }

    /// <summary>The transactions of a group, counted from the start of the run.</summary>
    public ReadOnlySpan<int> this[int group] => _order.AsSpan(_starts[group], _starts[group + 1] - _starts[group]);

    /// <param name="plans">The run.</param>
    /// <param name="declared">Cells of all transactions, as the plans point into it.</param>
    /// <param name="cells">The cells; those that someone writes are marked.</param>
    public void Build(ReadOnlySpan<TransactionPlan> plans, ReadOnlySpan<int> declared, ReadOnlySpan<Cell> cells)
    {
        Reserve(plans.Length, cells.Length);
        Span<int> parents = _parents, owners = _owners.AsSpan(0, cells.Length);
        owners.Fill(-1);
        for (int i = 0; i < plans.Length; i++)
        {
            parents[i] = i;
            foreach (int access in declared.Slice(plans[i].CellsAt, plans[i].CellCount))
            {
                int cell = access >> 1;
                if (!cells[cell].HasWriter) continue;
                if (owners[cell] < 0) owners[cell] = i;
                else Join(parents, owners[cell], i);
            }
        }
        Number(plans.Length);
    }

    // The smaller index is the root, so that a group's root is its first transaction.
    private static void Join(Span<int> parents, int a, int b)
    {
        (a, b) = (Root(parents, a), Root(parents, b));
        parents[Math.Max(a, b)] = Math.Min(a, b);
    }

    private static int Root(Span<int> parents, int at)
    {
        while (parents[at] != at) at = parents[at] = parents[parents[at]];
        return at;
    }

    private void Number(int length)
    {
        Span<int> numbers = _numbers, starts = _starts;
        Count = 0;
        for (int i = 0; i < length; i++)
        {
            int root = Root(_parents, i);
            if (root == i) { numbers[i] = Count; starts[Count++] = 0; }
            else numbers[i] = numbers[root];
            starts[numbers[i]]++;
        }
        int end = 0;
        for (int group = 0; group < Count; group++) starts[group] = end += starts[group];
        starts[Count] = end;
        for (int i = length - 1; i >= 0; i--) _order[--starts[numbers[i]]] = i;
    }

    private void Reserve(int transactions, int cells)
    {
        if (_owners.Length < cells) _owners = new int[2 * cells];
        if (_parents.Length >= transactions) return;
        _parents = new int[2 * transactions];
        _order = new int[2 * transactions];
        _numbers = new int[2 * transactions];
        _starts = new int[2 * transactions + 1];
    }
}
