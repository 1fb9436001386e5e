using Prozchain.Rollups.Ports;
using Prozchain.Rollups.State;

namespace Prozchain.Rollups.Transition;

/// <summary>
/// The part of a state that a witness proves: a host that needs a root and a witness instead of the state. The
/// transition over it gives the same outcome and the same root as over the whole state, or says that state is missing.
/// </summary>
/// <typeparam name="THash">The hash of the tree.</typeparam>
public sealed class StatelessState<THash> : IStateView where THash : IStateHash
{
    private StatelessState(StateStore<THash> store) => Store = store;

    internal StateStore<THash> Store { get; }

    /// <summary>Checks a witness against a root. Untrusted input: false unless it leads to the root.</summary>
    public static bool TryOpen(in Digest32 root, StateWitness witness, out StatelessState<THash> state)
    {
        ArgumentNullException.ThrowIfNull(witness);
        bool ok = WitnessCodec.TryOpen(root, witness.Nodes.Span, out StateStore<THash> store);
        state = ok ? new StatelessState<THash>(store) : null!;
        return ok;
    }

    /// <summary>The root of the whole state after the writes made so far.</summary>
    public Digest32 Root() => Store.Root();

    /// <inheritdoc/>
    public StateReadStatus Read(in Digest32 key, out ReadOnlySpan<byte> value) => Store.Read(key, out value);

    /// <inheritdoc/>
    public bool Write(in Digest32 key, ReadOnlySpan<byte> value) => Store.Write(key, value);

    /// <inheritdoc/>
    public long Mark() => Store.Mark();

    /// <inheritdoc/>
    public void Revert(long mark) => Store.Revert(mark);
}
