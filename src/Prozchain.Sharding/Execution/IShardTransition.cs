namespace Prozchain.Sharding.Execution;

/// <summary>
/// What a shard's transactions mean: one implementation for each layout class. A micro-block is a list of byte strings;
/// the transition says what one of them touches, who must have signed it, and what it does.
/// </summary>
/// <remarks>
/// <para>An implementer owes:</para>
/// <list type="bullet">
/// <item>pure members: the result depends on the arguments alone; no clock, no randomness, no floating point, no statics that change;</item>
/// <item>no exception, whatever the bytes of a transaction, a receipt or a cell: hostile ones are a fault or a status;</item>
/// <item>gas for all work, and for every byte written: the block's gas is what bounds an executor's time and memory;</item>
/// <item>members may be called from several threads at once;</item>
/// <item><see cref="Declare"/> reads no state, so that it gives the same on every node and before the block executes.</item>
/// </list>
/// <para>
/// Make it a <c>readonly struct</c>: the executor is generic over it, so that its calls are direct and inlined.
/// </para>
/// </remarks>
public interface IShardTransition
{
    /// <summary>
    /// Checks everything that the state does not decide, and names the cells, the gas limit and the sender. A
    /// transaction with a fault can be in no block. Where that is <see cref="TransactionFault.WrongShard"/>, the sender is
    /// named all the same: a host finds the shard by it.
    /// </summary>
    /// <param name="transaction">The transaction's bytes.</param>
    /// <param name="block">The block it is in, or is meant for.</param>
    /// <param name="access">Receives what it touches.</param>
    TransactionFault Declare(ReadOnlySpan<byte> transaction, in BlockContext block, ref AccessDeclaration access);

    /// <summary>Names what must be signed and by whom. Called only where <see cref="Declare"/> found no fault.</summary>
    /// <param name="transaction">The transaction's bytes.</param>
    /// <param name="block">The block.</param>
    /// <param name="signatures">Receives each signature to verify.</param>
    void Authorize(ReadOnlySpan<byte> transaction, in BlockContext block, ref SignatureCollector signatures);

    /// <summary>
    /// Executes. With any status but <see cref="TransactionStatus.Applied"/>, what was written and sent since the last
    /// <see cref="CellView.Keep"/> is undone: what is to stay of a failing transaction (its nonce, its fee) is written before it.
    /// </summary>
    /// <param name="transaction">The transaction's bytes, for which <see cref="Declare"/> found no fault.</param>
    /// <param name="block">The block.</param>
    /// <param name="cells">The cells: declared ones by their number, in the order of their declaration, or by key.</param>
    /// <param name="receipts">Takes what leaves for other shards.</param>
    /// <param name="gas">Counts the work.</param>
    /// <returns>A status from 1 to 239; those from 240 on are the executor's.</returns>
    byte Execute(ReadOnlySpan<byte> transaction, in BlockContext block, ref CellView cells, ref ReceiptSink receipts, ref GasMeter gas);

    /// <summary>Applies a receipt of another shard. It cannot fail: the source has let go of what it carries.</summary>
    /// <param name="cell">The cell it is for, which lies in this shard.</param>
    /// <param name="receipt">The receipt's payload.</param>
    /// <param name="block">The block.</param>
    /// <param name="cells">The cells, by key.</param>
    void Credit(in Digest cell, ReadOnlySpan<byte> receipt, in BlockContext block, ref CellView cells);

    /// <summary>
    /// The value that crediting a receipt brings at most, in the unit in which <see cref="ReceiptSink.TrySend(in Digest, ReadOnlySpan{byte}, ulong)"/> takes it. A
    /// shard takes no bundle whose receipts bring more than it declares: else a captured source could bring what it likes
    /// before anybody attests it. As it stands receipts bring nothing that is capped.
    /// </summary>
    /// <param name="receipt">The receipt's payload.</param>
    ulong ValueOf(ReadOnlySpan<byte> receipt) => 0;
}
