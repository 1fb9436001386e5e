using Prozchain.Zk.Air;
using Prozchain.Zk.Tests.Air;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using Form = System.Collections.Generic.Dictionary<long, Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>>;

namespace Prozchain.Rollups.Zk.Tests.Proving;

/// <summary>
/// How the cells of tables may vary at once so that, to first order, all constraints go on to hold and all messages to match: what is left to the prover where some cells and messages are given. Cells of
/// several tables that vary together are found, which no change of one cell finds. An ask of a lone element, a range, is taken as it is, and so is every multiplicity: these are whole numbers.
/// </summary>
/// <param name="shared">Buses over which proofs exchange messages.</param>
/// <param name="given">Buses whose messages are as they are.</param>
/// <param name="open">Buses whose messages may be without a counterpart here; of all others one without is as it is.</param>
internal sealed class TraceVariation(SharedBuses shared, HashSet<Bus> given, HashSet<Bus> open)
{
    private const int PublicRow = 0xFFFFF;

    private static readonly Form s_none = [];

    private readonly HomogeneousSystem _system = new();
    private readonly Dictionary<(int Proof, Bus Bus, ulong Message), Sides> _messages = [];
    private readonly List<(string Name, int Width, int Height, int PublicValues)> _tables = [];

    // Constraints that are products of two forms, both 0 here, so that neither says anything by itself.
    private readonly List<(Form Left, Form Right)> _products = [];

    /// <summary>Cells and public values.</summary>
    public int Unknowns => _tables.Sum(table => table.Width * table.Height + table.PublicValues);

    /// <summary>Adds a table.</summary>
    /// <param name="proof">Whose messages it shares.</param>
    /// <param name="air">The AIR.</param>
    /// <param name="trace">Its trace.</param>
    /// <param name="publicValues">Its public values.</param>
    /// <param name="cells">Columns whose cells are given.</param>
    /// <param name="found">The public values that are not given.</param>
    public void Add(int proof, IAir air, Trace<F> trace, F[] publicValues, IEnumerable<int> cells, IEnumerable<int> found)
    {
        int table = _tables.Count;
        _tables.Add((air.Shape.Name, trace.Width, trace.Height, publicValues.Length));
        foreach (int column in cells)
            for (int row = 0; row < trace.Height; row++) _system.Give(Id(table, row, column));
        foreach (int i in Enumerable.Range(0, publicValues.Length).Except(found)) _system.Give(Id(table, PublicRow, i));
        ConstraintGraph graph = ConstraintGraph.Of(air);
        GraphNode[] nodes = graph.Nodes.ToArray();
        Trace<F>? preprocessed = null;
        if (air.Shape.PreprocessedWidth > 0) air.Preprocess(preprocessed = new(air.Shape.PreprocessedWidth, trace.Height));
        (F[] values, Form[] forms) = (new F[nodes.Length], new Form[nodes.Length]);
        for (int row = 0; row < trace.Height; row++)
        {
            int next = (row + 1) & (trace.Height - 1);
            graph.Evaluate(new AirPoint<F>
            {
                Local = Row(trace, row), Next = Row(trace, next), Preprocessed = Row(preprocessed, row), PreprocessedNext = Row(preprocessed, next),
                Periodic = air.Shape.Periodic.Select(column => F.FromUInt64(column.Span[row & (column.Length - 1)])).ToArray(), Public = publicValues,
            }, values);
            for (int i = 0; i < nodes.Length; i++) forms[i] = FormOf(nodes[i], table, row, next, values, forms);
            foreach (GraphConstraint constraint in graph.Constraints)
            {
                bool holds = constraint.Rows switch { Rows.First => row == 0, Rows.Last => row == trace.Height - 1, Rows.Transition => row != trace.Height - 1, _ => true };
                if (!holds) continue;
                _system.Add(forms[constraint.Node]);
                if (nodes[constraint.Node] is { Operation: GraphOperation.Multiply } product && values[product.Left] == F.Zero && values[product.Right] == F.Zero)
                    _products.Add((forms[product.Left], forms[product.Right]));
            }
            foreach (GraphInteraction item in graph.Interactions) Enter(proof, item, values, forms);
            // What nobody asks may be anything that is so.
            if (graph.Interactions.Count == 0 || !graph.Interactions.All(item => IsAnswer(item) && values[item.Multiplicity] == F.Zero)) continue;
            for (int column = 0; column < trace.Width; column++) _system.Give(Id(table, row, column));
        }
    }

    /// <summary>The cells that may vary, by table and column, with their rows.</summary>
    public List<string> Free()
    {
        foreach (((_, Bus bus, _), Sides sides) in _messages)
        {
            bool isLookup = bus.Kind == BusKind.Lookup;
            // All answers that count are asks, and so alike.
            if (isLookup)
                foreach (Form[] other in sides.Received.Skip(1)) Equate(other, sides.Received[0]);
            Form[]? answer = sides.Received.Concat(sides.Uncounted).FirstOrDefault();
            for (int i = 0; i < Math.Max(sides.Sent.Count, isLookup ? 0 : sides.Received.Count); i++)
            {
                Form[]? sent = sides.Sent.ElementAtOrDefault(i), received = isLookup ? answer : sides.Received.ElementAtOrDefault(i);
                if ((sent is not null && received is not null) || !open.Contains(bus)) Equate(sent, received);
            }
        }
        do _system.Solve();
        while (AddSquares());
        List<string> free = [];
        for (int table = 0; table < _tables.Count; table++)
        {
            (string name, int width, int height, int publicValues) = _tables[table];
            for (int column = 0; column < width; column++)
            {
                int[] rows = [.. Enumerable.Range(0, height).Where(row => !_system.Zero.Contains(Id(table, row, column)))];
                if (rows.Length > 0) free.Add($"{name}, column {column}, rows {string.Join(' ', rows)}");
            }
            for (int i = 0; i < publicValues; i++)
                if (!_system.Zero.Contains(Id(table, PublicRow, i))) free.Add($"{name}, public value {i}");
        }
        return free;
    }

    private void Equate(Form[]? left, Form[]? right)
    {
        for (int i = 0; i < (left ?? right!).Length; i++)
        {
            Form difference = left is null ? [] : new(left[i]);
            HomogeneousSystem.AddTo(difference, right is null ? s_none : right[i], -F.One);
            _system.Add(difference);
        }
    }

    /// <summary>A product of two forms that are multiples of each other is zero only if they are: whether there is one more.</summary>
    private bool AddSquares()
    {
        bool isAdded = false;
        foreach ((Form left, Form right) in _products)
        {
            (Form x, Form y) = (Left(left), Left(right));
            if (x.Count == 0 || x.Count != y.Count) continue;
            long first = x.Keys.First();
            if (!y.TryGetValue(first, out F other) || !x.All(term => y.TryGetValue(term.Key, out F value) && value * x[first] == term.Value * other)) continue;
            _system.Add(x);
            isAdded = true;
        }
        return isAdded;

        Form Left(Form form) => form.Where(term => !_system.Zero.Contains(term.Key)).ToDictionary();
    }

    private static bool IsAnswer(GraphInteraction item) => item.Bus.Kind == BusKind.Lookup && item.Direction == BusDirection.Receive;

    private void Enter(int proof, GraphInteraction item, F[] values, Form[] forms)
    {
        _system.Add(forms[item.Multiplicity]);
        if (values[item.Multiplicity] == F.Zero && !IsAnswer(item)) return;
        Form[] message = [.. item.Message.ToArray().Select(node => forms[node])];
        if (given.Contains(item.Bus) || (item.Bus.Kind == BusKind.Lookup && item.Bus.Length == 1))
        {
            foreach (Form element in message) _system.Add(element);
            return;
        }
        (int, Bus, ulong) key = (shared.Buses.Contains(item.Bus) ? -1 : proof, item.Bus, MutatedTable<F>.Hash(item.Message.ToArray().Select(node => values[node]).ToArray()));
        if (!_messages.TryGetValue(key, out Sides? sides)) _messages.Add(key, sides = new([], [], []));
        (item.Direction == BusDirection.Send ? sides.Sent : values[item.Multiplicity] == F.Zero ? sides.Uncounted : sides.Received).Add(message);
    }

    private static Form FormOf(GraphNode node, int table, int row, int next, F[] values, Form[] forms) => node.Operation switch
    {
        GraphOperation.Local => new() { [Id(table, row, node.Left)] = F.One },
        GraphOperation.Next => new() { [Id(table, next, node.Left)] = F.One },
        GraphOperation.Public => new() { [Id(table, PublicRow, node.Left)] = F.One },
        GraphOperation.Add => Sum(forms[node.Left], F.One, forms[node.Right], F.One),
        GraphOperation.Subtract => Sum(forms[node.Left], F.One, forms[node.Right], -F.One),
        GraphOperation.Multiply => Sum(forms[node.Left], values[node.Right], forms[node.Right], values[node.Left]),
        GraphOperation.Negate => Sum(forms[node.Left], -F.One, s_none, F.Zero),
        _ => s_none,
    };

    private static Form Sum(Form left, F x, Form right, F y)
    {
        bool hasLeft = x != F.Zero && left.Count > 0, hasRight = y != F.Zero && right.Count > 0;
        if (!hasLeft && !hasRight) return s_none;
        Form sum = [];
        if (hasLeft) HomogeneousSystem.AddTo(sum, left, x);
        if (hasRight) HomogeneousSystem.AddTo(sum, right, y);
        return sum;
    }

    private static long Id(int table, int row, int column) => (long)table << 40 | (long)row << 20 | (uint)column;

    private static F[] Row(Trace<F>? trace, int row)
    {
        if (trace is null) return [];
        var cells = new F[trace.Width];
        trace.CopyRow(row, cells);
        return cells;
    }

    /// <summary>Equal messages: those sent, those received, and answers that nobody counted.</summary>
    private sealed record Sides(List<Form[]> Sent, List<Form[]> Received, List<Form[]> Uncounted);
}
