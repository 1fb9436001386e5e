using Prozchain.Zk.Air;

namespace Prozchain.Zk.Stark;

/// <summary>
/// Writes a program: computes what it is asked for in the order in which it is asked, keeps each result in a slot until
/// its last use, and gives the slot that was freed last to the next result, as it is the likeliest to be cached.
/// </summary>
internal sealed class TapeWriter
{
    // Runs that are summed in one go: their factors and halves of products stay in registers.
    private const int FoldSize = 8;
    private readonly ConstraintGraph _graph;
    private readonly bool[] _uniform;
    private readonly TapeForms _forms;
    private readonly int[] _uses, _slots, _uniformPlaces;
    private readonly List<TapeInstruction> _instructions = [];
    private readonly List<TapeCell> _cells = [];
    private readonly List<GraphNode> _uniforms = [new(GraphOperation.Constant, 0, 0, 0)];
    private readonly List<TapeTerm> _terms = [];
    private readonly List<TapeFactor> _factors = [];
    private readonly List<TapeStart> _starts = [];
    private readonly Dictionary<int, List<(int Node, int Factor)>> _pending = [];
    private readonly Stack<int> _free = [], _open = [];
    private readonly int _cellCount;
    private int _temporaries;

    /// <param name="graph">The graph.</param>
    /// <param name="roots">The nodes that will be asked for, each as often as it will be.</param>
    public TapeWriter(ConstraintGraph graph, IReadOnlyList<int> roots)
    {
        _graph = graph;
        _uniform = [.. graph.Degrees().Select(degree => degree == 0)];
        _forms = new(graph, _uniform, roots.Where(root => !_uniform[root]));
        _uses = new int[_uniform.Length];
        _slots = new int[_uniform.Length];
        _uniformPlaces = new int[_uniform.Length];
        Array.Fill(_slots, -1);
        Array.Fill(_uniformPlaces, -1);
        for (int i = 0; i < _uses.Length; i++)
        {
            _uses[i] = _forms.Uses(i);
            if (_uses[i] == 0 || _uniform[i] || _forms.IsComputed(i)) continue;
            _cellCount++;
        }
    }

    /// <summary>The program. Slots over the extension are the caller's to count.</summary>
    public TapeProgram Finish(int extensionSlots) => new()
    {
        Instructions = [.. _instructions],
        Cells = [.. _cells],
        Temporaries = _temporaries,
        ExtensionSlots = extensionSlots,
        Uniforms = [.. _uniforms],
        Terms = [.. _terms],
        Factors = [.. _factors],
        Starts = [.. _starts],
    };

    public void Write(TapeOperation operation, int target, int a, int b = 0, int c = 0) => _instructions.Add(new(operation, target, a, b, c, _cells.Count));

    public void WriteFoldExtension(int target, int source, int constraint, bool isNegative = false)
    {
        Write(TapeOperation.FoldExtension, target, source, _factors.Count);
        _factors.Add(new(constraint, isNegative));
    }

    public void WriteStart(int target, TapeStart start)
    {
        Write(TapeOperation.FillExtension, target, _starts.Count);
        _starts.Add(start);
    }

    public bool IsUniform(int node) => _uniform[node];

    /// <summary>The number of a node that does not depend on the row.</summary>
    public int Uniform(int node)
    {
        if (_uniformPlaces[node] >= 0) return _uniformPlaces[node];
        GraphNode content = _graph.Nodes.Span[node];
        if (content.Operation >= GraphOperation.Add)
            content = content with { Left = Uniform(content.Left), Right = content.Operation == GraphOperation.Negate ? 0 : Uniform(content.Right) };
        _uniforms.Add(content);
        return _uniformPlaces[node] = _uniforms.Count - 1;
    }

    /// <summary>The slot of a node's run; <see cref="Release"/> it after its use.</summary>
    public int Run(int node)
    {
        if (!_uniform[node])
        {
            Compute(node);
            return _slots[node];
        }
        int slot = Allocate();
        Write(TapeOperation.Fill, slot, 0, Uniform(node));
        return slot;
    }

    /// <summary>Says that a use of a run is over.</summary>
    public void Release(int node, int slot)
    {
        if (_uniform[node]) _free.Push(slot);
        else Done(node);
    }

    /// <summary>Adds a node times its factor to an E slot, at the latest at <see cref="Flush"/>. Not for uniform ones.</summary>
    public void Fold(int target, int node, int factor)
    {
        Compute(node);
        if (!_pending.TryGetValue(target, out List<(int Node, int Factor)>? pending)) _pending.Add(target, pending = []);
        pending.Add((node, factor));
        if (pending.Count == FoldSize) Flush(target);
    }

    public void Flush(int target)
    {
        if (!_pending.TryGetValue(target, out List<(int Node, int Factor)>? pending) || pending.Count == 0) return;
        Write(TapeOperation.Fold, target, _terms.Count, pending.Count);
        foreach ((int node, int factor) in pending) _terms.Add(new(_slots[node], factor));
        foreach ((int node, _) in pending) Done(node);
        pending.Clear();
    }

    private void Compute(int root)
    {
        _open.Push(root);
        while (_open.TryPeek(out int node))
        {
            if (_slots[node] >= 0)
            {
                _open.Pop();
                continue;
            }
            if (!_forms.IsComputed(node))
            {
                // Cells are numbered in the order of their first use.
                _slots[node] = _cells.Count;
                _cells.Add(new(_graph.Nodes.Span[node].Operation, _graph.Nodes.Span[node].Left));
                continue;
            }
            TapeForm form = _forms.Of(node);
            int before = _open.Count;
            for (int i = form.Operands.Length - 1; i >= 0; i--)
            {
                if (_slots[form.Operands[i]] < 0) _open.Push(form.Operands[i]);
            }
            if (_open.Count > before) continue;
            _open.Pop();
            int a = _slots[form.A], b = form.IsUniform ? form.B < 0 ? 0 : Uniform(form.B) : _slots[form.B], c = form.C < 0 ? 0 : _slots[form.C];
            foreach (int operand in form.Operands) Done(operand);
            _slots[node] = Allocate();
            Write(form.Operation, _slots[node], a, b, c);
        }
    }

    private int Allocate() => _free.TryPop(out int slot) ? slot : _cellCount + _temporaries++;

    private void Done(int node)
    {
        if (--_uses[node] == 0 && _forms.IsComputed(node)) _free.Push(_slots[node]);
    }
}
