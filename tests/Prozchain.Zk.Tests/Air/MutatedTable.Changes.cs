using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Tests.Air;

/// <content>Changes, and what finds them.</content>
internal sealed partial class MutatedTable<TField> where TField : struct, IField<TField>
{
    /// <summary>Changes every cell of a row in turn: by some elements, and by what leaves an ask of its multiple whole.</summary>
    /// <returns>How many changes were tried.</returns>
    public int Change(int row, ReadOnlySpan<TField> deltas, HashSet<(string Bus, ulong Message)> answers, List<string> missed)
    {
        int before = (row + _trace.Height - 1) & (_trace.Height - 1);
        _graph.Evaluate(Point(row), _here);
        _graph.Evaluate(Point(before), _before);
        int tried = 0;
        for (int column = 0; column < _trace.Width; column++)
        {
            TField[] all = [.. deltas, .. Fractions(row, column, answers)];
            foreach (TField delta in all)
                if (!IsCellFound(row, before, column, _trace[column, row] + delta, answers)) missed.Add($"{_graph.Shape.Name}, column {column}, row {row}: + {delta}");
            tried += all.Length;
        }
        return tried;
    }

    /// <summary>What moves an ask of a lone element by one: of a cell whose multiple is asked a fraction, which may leave the ask within its range.</summary>
    private HashSet<TField> Fractions(int row, int column, HashSet<(string Bus, ulong Message)> answers)
    {
        HashSet<TField> fractions = [];
        int leaf = _local[column];
        if (leaf < 0) return fractions;
        Begin();
        Move(row, _here, leaf, _here[leaf] + TField.One, answers);
        foreach (int i in _cones[leaf].Interactions)
        {
            GraphInteraction item = _graph.Interactions[i];
            int node = item.Message.Span[0];
            if (item.Bus.Kind != BusKind.Lookup || item.Message.Length > 1 || _stamps[node] != _stamp) continue;
            TField factor = _changed[node] - _here[node];
            if (factor == TField.Zero || factor == TField.One || factor == -TField.One) continue;
            fractions.Add(factor.Inverse());
            fractions.Add(-factor.Inverse());
        }
        return fractions;
    }

    /// <summary>Looks for changes that one constraint alone finds, for those that have none yet: of the cells that it is about, row by row.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="others">Rows whose cells of the same column are tried too, besides <paramref name="deltas"/>.</param>
    /// <param name="deltas">What is added to a cell.</param>
    /// <param name="answers">What lookups have.</param>
    public void Seek(IEnumerable<int> rows, ReadOnlySpan<int> others, ReadOnlySpan<TField> deltas, HashSet<(string Bus, ulong Message)> answers)
    {
        foreach (int row in rows)
        {
            int[] open = [.. Coverage.NotAlone];
            if (open.Length == 0) return;
            int before = (row + _trace.Height - 1) & (_trace.Height - 1);
            _graph.Evaluate(Point(row), _here);
            _graph.Evaluate(Point(before), _before);
            foreach (int column in open.SelectMany(i => ColumnsOf(_graph.Constraints[i].Node)).Distinct())
            {
                foreach (TField delta in deltas) IsCellFound(row, before, column, _trace[column, row] + delta, answers);
                foreach (int other in others)
                    if (_trace[column, other] != _trace[column, row]) IsCellFound(row, before, column, _trace[column, other], answers);
            }
        }
    }

    /// <summary>Adds to a public value: whether it is found on any row.</summary>
    public bool IsPublicFound(int index, TField delta, HashSet<(string Bus, ulong Message)> answers)
    {
        int leaf = Array.FindIndex(_nodes, node => node.Operation == GraphOperation.Public && node.Left == index);
        if (leaf < 0) return false;
        Begin();
        for (int row = 0; row < _trace.Height; row++)
        {
            _graph.Evaluate(Point(row), _here);
            Move(row, _here, leaf, _public[index] + delta, answers);
        }
        return IsFound();
    }

    private bool IsCellFound(int row, int before, int column, TField value, HashSet<(string Bus, ulong Message)> answers)
    {
        Begin();
        if (_local[column] >= 0) Move(row, _here, _local[column], value, answers);
        if (_next[column] >= 0) Move(before, _before, _next[column], value, answers);
        return IsFound();
    }

    private void Begin()
    {
        _violated.Clear();
        _refused.Clear();
        _moved.Clear();
        _balance.Clear();
    }

    /// <summary>Whether constraints, bounds, the lack of an answer or the balance of a bus find what moved; notes which.</summary>
    private bool IsFound()
    {
        foreach ((int interaction, (string, ulong) was, (string, ulong) sent) in _moved)
            if (_balance[was] != TField.Zero || _balance[sent] != TField.Zero) _refused.Add(interaction);
        Coverage.Note(_violated, _refused);
        return _violated.Count + _refused.Count > 0;
    }

    /// <summary>Moves a leaf of a row, and all that depends on it.</summary>
    private void Move(int row, TField[] values, int leaf, TField value, HashSet<(string, ulong)> answers)
    {
        if (!_cones.TryGetValue(leaf, out Cone? cone)) _cones.Add(leaf, cone = ConeOf(leaf));
        (_stamps[leaf], _changed[leaf]) = (++_stamp, value);
        foreach (int i in cone.Nodes)
        {
            GraphNode node = _nodes[i];
            _changed[i] = node.Operation switch
            {
                GraphOperation.Add => New(node.Left) + New(node.Right),
                GraphOperation.Subtract => New(node.Left) - New(node.Right),
                GraphOperation.Multiply => New(node.Left) * New(node.Right),
                _ => -New(node.Left),
            };
            _stamps[i] = _stamp;
        }
        foreach (int i in cone.Constraints)
        {
            GraphConstraint constraint = _graph.Constraints[i];
            if (_changed[constraint.Node] != TField.Zero && Holds(constraint.Rows, row)) _violated.Add(i);
        }
        foreach (int i in cone.Interactions)
        {
            GraphInteraction item = _graph.Interactions[i];
            TField multiplicity = New(item.Multiplicity);
            TField[] message = new TField[item.Message.Length];
            for (int j = 0; j < message.Length; j++) message[j] = New(item.Message.Span[j]);
            (string, ulong) sent = (item.Bus.Name, Hash(message));
            if (item.Bound is > 0 and <= LargestCheckedBound && !IsAtMost(multiplicity, item.Bound)) _refused.Add(i);
            if (item.Bus.Kind == BusKind.Lookup && item.Direction == BusDirection.Send)
            {
                if (multiplicity != TField.Zero && !answers.Contains(sent)) _refused.Add(i);
                continue;
            }
            (string, ulong) was = (item.Bus.Name, Hash(Message(item, values)));
            TField sign = item.Direction == BusDirection.Send ? TField.One : -TField.One;
            _balance[sent] = _balance.GetValueOrDefault(sent) + sign * multiplicity;
            _balance[was] = _balance.GetValueOrDefault(was) - sign * values[item.Multiplicity];
            _moved.Add((i, was, sent));
        }

        TField New(int node) => _stamps[node] == _stamp ? _changed[node] : values[node];
    }
}
