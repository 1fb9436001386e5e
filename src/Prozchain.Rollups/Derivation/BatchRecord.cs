using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Derivation;

/// <summary>
/// All that a bare batch follows from, with the part of the state that it touches: what executes it again without the state
/// (<see cref="BatchRerun{TTransaction, THash}"/>). Untrusted where it comes from elsewhere.
/// </summary>
public sealed record BatchRecord
{
    /// <summary>The batch, as its transactions are told of it.</summary>
    public required BatchContext Context { get; init; }

    /// <summary>State root before it.</summary>
    public required Digest32 PreRoot { get; init; }

    /// <summary>The batch as the Inbox ordered it.</summary>
    public PostedBatch Posting { get; init; }

    /// <summary>The Inbox's head at the batch before, which says where the chain of forced items stands; null of the first batch.</summary>
    public InboxHead? Previous { get; init; }

    /// <summary>The exit root of the batch before; zero of the first.</summary>
    public Digest32 ExitRootBefore { get; init; }

    /// <summary>What it touches of the state before it, with the ways of keys that it adds.</summary>
    public required StateWitness State { get; init; }

    /// <summary>The forced items that it takes, oldest first.</summary>
    public IReadOnlyList<ForcedItem> Items { get; init; } = [];

    /// <summary>Its source as it was posted; empty if there is none that counts.</summary>
    public ReadOnlyMemory<byte> Source { get; init; }
}
