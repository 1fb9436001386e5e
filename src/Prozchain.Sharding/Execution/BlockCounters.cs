namespace Prozchain.Sharding.Execution;

/// <summary>
/// What one micro-block cost, from its bytes and its execution alone, so that every replica counts the same: what a
/// reshaping policy smooths and compares.
/// </summary>
/// <param name="Transactions">Transactions in the body.</param>
/// <param name="Applied">Those whose status is <see cref="TransactionStatus.Applied"/>.</param>
/// <param name="BodyBytes">Length of the body.</param>
/// <param name="GasLimit">Sum of the gas limits of the transactions.</param>
/// <param name="GasUsed">Gas that they spent.</param>
/// <param name="StateBytes">Growth of the state, which counts 32 for each cell and the length of its value: now less before.</param>
/// <param name="CellsTouched">Cells read or written.</param>
/// <param name="CellsWritten">Cells written or removed.</param>
/// <param name="ReceiptsIn">Receipts credited.</param>
/// <param name="ReceiptsOut">Receipts sent: the block's part of the channels' queues.</param>
/// <param name="ReceiptBytesOut">Their bytes.</param>
public readonly record struct BlockCounters(
    int Transactions, int Applied, int BodyBytes, ulong GasLimit, ulong GasUsed, long StateBytes,
    int CellsTouched, int CellsWritten, int ReceiptsIn, int ReceiptsOut, long ReceiptBytesOut);
