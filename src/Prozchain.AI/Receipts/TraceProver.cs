using Prozchain.AI.Engine;
using Prozchain.Shared;

namespace Prozchain.AI.Receipts;

/// <summary>
/// The honest side: runs a request once more, keeps a digest of every value, and answers from them; values themselves it
/// makes again when they are asked for. Uses its engine while it runs; not thread-safe.
/// </summary>
public sealed class TraceProver : ITraceProver
{
    private readonly InferenceEngine _engine;
    private readonly InferenceRequest _request;
    private readonly TraceLayout _layout;
    private readonly Bytes32[] _leaves;
    private readonly int _position;
    private readonly Dictionary<int, byte[]> _before = [], _after = [];

    /// <summary>Runs the request, traced. Its state stays where it was.</summary>
    /// <param name="engine">The engine; the first request of its batch is used.</param>
    /// <param name="request">The request.</param>
    /// <param name="version">By which rules it hashes: those of the statement that it speaks of.</param>
    /// <exception cref="ArgumentException">The request does not fit the graph, or the rules are not known.</exception>
    public TraceProver(InferenceEngine engine, InferenceRequest request, int version = InferenceStatement.CurrentVersion)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(request);
        if (request.State is null != (engine.Graph.ContextStep == 0)) throw new ArgumentException($"Expected {(request.State is null ? "a" : "no")} state for this graph.", nameof(request));
        if (!InferenceStatement.IsVersion(version)) throw new ArgumentException($"Expected rules of version 1 to {InferenceStatement.CurrentVersion}, got {version}.", nameof(version));
        _engine = engine;
        _layout = new TraceLayout(engine.Graph);
        _leaves = new Bytes32[_layout.Count];
        _position = request.State?.Position ?? 0;
        // The run is repeated for what is revealed, so its inputs must not change meanwhile.
        _request = new InferenceRequest([.. request.Inputs.Select(i => (ReadOnlyMemory<byte>)i.ToArray())], request.State);
        if (request.State is { } state)
            foreach (IntegerNode node in engine.Graph.Cached) _before[node.Index] = state.Snapshot(node);
        Run((value, elements) => _leaves[_layout.LeafOf(value)] = GraphHash.Content(elements), keepNext: true);
        for (int leaf = 0; leaf < _leaves.Length; leaf++)
            if (_layout[leaf].Kind is not (TraceLeafKind.Input or TraceLeafKind.Operator)) _leaves[leaf] = _layout.DigestOf(leaf, StateContent(leaf), version)!.Value;
        TreeHash = MerkleTree<ReceiptHash>.Root(_leaves);
        InputHash = ReceiptHash.Input(_leaves.AsSpan(0, _layout.InputLeaves));
        OutputHash = ReceiptHash.Output([.. _layout.OutputLeaves().Select(o => o.Leaf < 0 ? o.Constant : _leaves[o.Leaf])]);
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> TreeRoot => TreeHash.Span.ToArray();

    /// <summary>What a side commits to before a dispute: graph, number of leaves and <see cref="TreeRoot"/>; 32 bytes.</summary>
    public ReadOnlyMemory<byte> Commitment => ReceiptHash.Trace(_engine.Graph.Hash, _leaves.Length, TreeHash).Span.ToArray();

    /// <summary>Digest of the request's inputs.</summary>
    public ReadOnlyMemory<byte> InputDigest => InputHash.Span.ToArray();

    /// <summary>Digest of the run's outputs.</summary>
    public ReadOnlyMemory<byte> OutputDigest => OutputHash.Span.ToArray();

    internal Bytes32 TreeHash { get; }

    internal Bytes32 InputHash { get; }

    internal Bytes32 OutputHash { get; }

    /// <inheritdoc/>
    public bool TryGetHalves(int first, int count, Span<byte> left, Span<byte> right)
    {
        if (first < 0 || count < 2 || first > _leaves.Length - count) return false;
        int split = TraceTree.Split(count);
        MerkleTree<ReceiptHash>.Root(_leaves.AsSpan(first, split)).Span.CopyTo(left);
        MerkleTree<ReceiptHash>.Root(_leaves.AsSpan(first + split, count - split)).Span.CopyTo(right);
        return true;
    }

    /// <inheritdoc/>
    public bool TryProveLeaf(int leaf, Span<byte> digest, out ReadOnlyMemory<byte> path)
    {
        path = default;
        if ((uint)leaf >= (uint)_leaves.Length) return false;
        _leaves[leaf].Span.CopyTo(digest);
        path = MerkleTree<ReceiptHash>.Prove(_leaves, leaf).SelectMany(s => s.Span.ToArray()).ToArray();
        return true;
    }

    /// <inheritdoc/>
    public bool TryReveal(int leaf, out ReadOnlyMemory<byte> content)
    {
        content = default;
        if ((uint)leaf >= (uint)_leaves.Length) return false;
        if (_layout[leaf].Kind is not (TraceLeafKind.Input or TraceLeafKind.Operator))
        {
            content = StateContent(leaf);
            return true;
        }
        byte[]? found = null;
        Run((value, elements) => { if (_layout.LeafOf(value) == leaf) found = elements.ToArray(); }, keepNext: false);
        content = found;
        return true;
    }

    /// <inheritdoc/>
    public bool TryRevealConstant(int constant, out ReadOnlyMemory<byte> content)
    {
        content = (uint)constant < (uint)_engine.Graph.Constants.Count ? _engine.Graph.Constants[constant].Bytes : default;
        return !content.IsEmpty;
    }

    private byte[] StateContent(int leaf) => _layout[leaf].Kind switch
    {
        TraceLeafKind.Position => RequestDigests.Position(_position),
        TraceLeafKind.NextPosition => RequestDigests.Position(_position + _engine.Graph.ContextStep),
        TraceLeafKind.State => _before[_layout[leaf].Index],
        _ => _after[_layout[leaf].Index],
    };

    private void Run(ValueSink sink, bool keepNext)
    {
        if (_request.TryFill(_engine) is { } error) throw new ArgumentException(error);
        if (_engine.Graph.ContextStep == 0)
        {
            _engine.RunTraced(1, [], (value, _, elements) => sink(value, elements));
            return;
        }
        using InferenceState state = _engine.RentState();
        IntegerNode[] cached = _engine.Graph.Cached;
        foreach (IntegerNode node in cached) state.Restore(node, _position, _before[node.Index]);
        state.Position = _position;
        _engine.RunTraced(1, [state], (value, _, elements) => sink(value, elements));
        if (!keepNext) return;
        foreach (IntegerNode node in cached) _after[node.Index] = state.Snapshot(node);
    }

    private delegate void ValueSink(IntegerValue value, ReadOnlySpan<byte> elements);
}
