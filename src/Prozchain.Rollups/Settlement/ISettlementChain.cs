namespace Prozchain.Rollups.Settlement;

/// <summary>The settlement layer as one account sees it: an EVM chain, or <see cref="InProcessChain"/>, which answers the same calls with the same bytes.</summary>
/// <remarks>
/// An implementer owes: calls and answers are in Solidity's ABI; logs come in the order of the chain; blocks up to a
/// number handed out as <see cref="ChainFinality.Finalized"/> never change, others may until then, and show it by another
/// hash; <see cref="SendAsync"/> includes a call at most once and returns only when it is in a block or can no longer
/// get into one. Failing networks are the implementer's to retry, within the token. Safe for many callers.
/// </remarks>
public interface ISettlementChain
{
    /// <summary>The account that calls are sent from.</summary>
    L1Address Account { get; }

    /// <summary>Looks a block up.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="finality">With no number: the last one that is this certain.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The block; null if there is none of that number.</returns>
    ValueTask<ChainBlock?> FindBlockAsync(ulong? number, ChainFinality finality, CancellationToken cancellationToken);

    /// <summary>Appends what contracts logged in a range of blocks.</summary>
    /// <param name="first">The first block.</param>
    /// <param name="last">The last block.</param>
    /// <param name="contracts">The contracts.</param>
    /// <param name="logs">Where they go, in the chain's order.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask ReadLogsAsync(ulong first, ulong last, IReadOnlyList<L1Address> contracts, ICollection<ChainLog> logs, CancellationToken cancellationToken);

    /// <summary>Runs a call on the state of the last block without changing it.</summary>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask<ChainAnswer> CallAsync(ChainCall call, CancellationToken cancellationToken);

    /// <summary>Sends a call and waits until it is in a block.</summary>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">Ends the waiting; the call may still get into a block.</param>
    ValueTask<ChainReceipt> SendAsync(ChainCall call, CancellationToken cancellationToken);
}
