using Prozchain.Rollups.Transition;
using Prozchain.Shared;

namespace Prozchain.Rollups.Batches;

/// <summary>
/// A well-formed batch, read from bytes: columns of indices into a dictionary of accounts
/// (docs/formats/rollups-batch.md). Signatures and nonces are not checked against a state yet.
/// </summary>
public sealed class Batch
{
    internal const byte Version = 0;

    // The scheme byte of a signature is its key's, so the column leaves it out.
    internal const int PackedSignatureSize = L2Transfer.SignatureSize - 1;

    private readonly BatchColumns _columns;

    internal Batch(BatchHeader header, BatchColumns columns, BatchStatistics statistics)
    {
        Header = header;
        Statistics = statistics;
        _columns = columns;
    }

    /// <summary>What the batch says about itself.</summary>
    public BatchHeader Header { get; }

    /// <summary>Where its bytes go.</summary>
    public BatchStatistics Statistics { get; }

    /// <summary>Number of transfers.</summary>
    public int Count => Header.TransferCount;

    /// <summary>What the transition may know of the batch: of version 0, nothing of the settlement layer.</summary>
    internal BatchContext Context => new(Header.ChainId, (ulong)Header.Index, 0, 0);

    /// <summary>Reads a batch from untrusted bytes, which must not change while the batch is in use.</summary>
    /// <param name="bytes">The whole encoding.</param>
    /// <param name="limits">Refused if larger.</param>
    /// <param name="batch">The batch; null unless the result is Ok.</param>
    public static BatchReadResult TryRead(ReadOnlyMemory<byte> bytes, BatchLimits limits, out Batch? batch) => BatchReader.TryRead(bytes, limits, out batch);

    /// <summary>The transfer at a position.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a position of this batch.</exception>
    public L2Transfer GetTransfer(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        int sender = _columns.Senders[index];
        ReadOnlySpan<byte> key = _columns.PublicKeys.Span.Slice(sender * L2Transfer.PublicKeySize, L2Transfer.PublicKeySize);
        Span<byte> signature = stackalloc byte[L2Transfer.SignatureSize];
        signature[0] = key[0];
        _columns.Signatures.Span.Slice(index * PackedSignatureSize, PackedSignatureSize).CopyTo(signature[1..]);
        return new L2Transfer(Header.ChainId, _columns.Accounts[sender], key, _columns.Accounts[_columns.Recipients[index]], _columns.Amounts[index], _columns.Nonces[index], signature);
    }
}

/// <summary>The columns of a batch, as many entries each as there are transfers, over a dictionary of accounts, senders first.</summary>
internal readonly struct BatchColumns
{
    public required AccountAddress[] Accounts { get; init; }

    public required ReadOnlyMemory<byte> PublicKeys { get; init; }

    public required int[] Senders { get; init; }

    public required int[] Recipients { get; init; }

    public required ulong[] Amounts { get; init; }

    public required ulong[] Nonces { get; init; }

    public required ReadOnlyMemory<byte> Signatures { get; init; }
}
