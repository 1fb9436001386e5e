using System.Buffers.Binary;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;

namespace Prozchain.Rollups.Evm;

/// <summary>
/// An EVM chain as the settlement layer of an account: reads over JSON-RPC with fail-over between nodes, calls signed here
/// and sent until they are in a block. Thread-safe.
/// </summary>
public sealed class EvmSettlement : ISettlementChain, IDisposable
{
    private const ulong DefaultGasLimit = 5_000_000;
    private const int MaxBlobs = 6;

    private readonly L1Client _client;
    private readonly TransactionSender _sender;
    private readonly TimeProvider _time;
    private readonly EvmSettlementOptions _options;
    private readonly IBlobCommitter? _committer;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly byte[] _session;
    private ulong _calls;

    /// <summary>Connects to a chain. Nothing is asked of it yet.</summary>
    /// <param name="endpoints">Nodes of the chain, the preferred one first.</param>
    /// <param name="signer">Signs for the account; no other process signs with its key.</param>
    /// <param name="journal">Remembers what was signed. A restart takes up where it ends.</param>
    /// <param name="time">Paces the asking.</param>
    /// <param name="options">Limits and habits.</param>
    /// <param name="session">16 bytes that no other start of this account has used, to tell its calls apart.</param>
    /// <param name="committer">Commits to blobs by KZG; null where none are sent.</param>
    public EvmSettlement(
        IReadOnlyList<IJsonRpcTransport> endpoints, IL1Signer signer, ITransactionJournal journal, TimeProvider time, EvmSettlementOptions options, ReadOnlySpan<byte> session,
        IBlobCommitter? committer = null)
    {
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(options);
        (_time, _options, _session, _committer) = (time, options, session.ToArray(), committer);
        _client = new L1Client(new JsonRpcClient(endpoints, time));
        _sender = new TransactionSender(_client, signer, journal, options.ChainId, new SenderOptions { MaxFee = options.MaxFee, Confirmations = options.Confirmations, CanReplace = options.CanReplace, MaxBlobFee = options.MaxBlobFee }, Seal);
    }

    /// <inheritdoc/>
    public L1Address Account => _sender.Address;

    /// <inheritdoc/>
    public async ValueTask<ChainBlock?> FindBlockAsync(ulong? number, ChainFinality finality, CancellationToken cancellationToken)
    {
        string tag = number is { } at ? Hex.Quantity(at) : finality switch { ChainFinality.Latest => L1Client.Latest, ChainFinality.Safe => L1Client.Safe, _ => L1Client.Finalized };
        L1Block? block = await AskAsync(() => _client.GetBlockAsync(tag, cancellationToken), cancellationToken).ConfigureAwait(false);
        return block is { } found ? new ChainBlock(found.Number, found.Hash, found.ParentHash, found.Timestamp) : null;
    }

    /// <inheritdoc/>
    public async ValueTask ReadLogsAsync(ulong first, ulong last, IReadOnlyList<L1Address> contracts, ICollection<ChainLog> logs, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(contracts);
        ArgumentNullException.ThrowIfNull(logs);
        L1Log[] found = await AskAsync(() => _client.GetLogsAsync(contracts, first, last, cancellationToken), cancellationToken).ConfigureAwait(false) ?? [];
        Array.Sort(found, static (one, other) => (one.BlockNumber, one.Index).CompareTo((other.BlockNumber, other.Index)));
        foreach (L1Log log in found)
        {
            byte[] input = await AskAsync(() => _client.GetInputAsync(log.TransactionHash, cancellationToken), cancellationToken).ConfigureAwait(false) ?? [];
            logs.Add(new ChainLog(log.BlockNumber, (uint)log.Index, log.Address, Join(log.Topics), log.Data, log.TransactionHash, input));
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ChainAnswer> CallAsync(ChainCall call, CancellationToken cancellationToken)
    {
        Digest32[]? blobs = call.Blobs is null ? null : Seal(call.Blobs, isProven: false).Hashes();
        while (true)
        {
            L1Answer<byte[]> answer = await _client.CallAsync(call.To, call.Input, cancellationToken, Account, call.Value, blobs: blobs).ConfigureAwait(false);
            if (answer.IsOk) return new ChainAnswer(true, answer.Value);
            if (answer.Status == RpcStatus.NodeError) return new ChainAnswer(false, answer.RevertData);
            await Task.Delay(_options.PollInterval, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ChainReceipt> SendAsync(ChainCall call, CancellationToken cancellationToken)
    {
        L1BlobSidecar? sidecar = call.Blobs is null ? null : Seal(call.Blobs);
        Digest32 id = NextId();
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _sender.Submit(new L1Call(id, call.To.IsZero ? null : call.To, call.Value, call.Input, call.GasLimit == 0 ? DefaultGasLimit : call.GasLimit) { Sidecar = sidecar });
        }
        finally
        {
            _turn.Release();
        }
        while (true)
        {
            await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                await _sender.PollAsync(cancellationToken).ConfigureAwait(false);
                if (_sender.Find(id) is { } slot && (slot.IsFinal || slot.Status == SendStatus.Mined && _options.Confirmations <= 1))
                {
                    L1Receipt? receipt = slot.Receipt;
                    return new ChainReceipt(receipt is { Succeeded: true }, receipt?.BlockNumber ?? 0, receipt?.TransactionHash ?? default, receipt?.GasUsed ?? 0, receipt?.Created ?? default);
                }
            }
            finally
            {
                _turn.Release();
            }
            await Task.Delay(_options.PollInterval, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private static byte[] Join(IReadOnlyList<Digest32> topics)
    {
        var bytes = new byte[topics.Count * Digest32.Size];
        for (int i = 0; i < topics.Count; i++) topics[i].Span.CopyTo(bytes.AsSpan(i * Digest32.Size));
        return bytes;
    }

    private L1BlobSidecar Seal(IReadOnlyList<ReadOnlyMemory<byte>> blobs) => Seal(blobs, isProven: true);

    // Proofs take long: where only the hashes matter there are none.
    private L1BlobSidecar Seal(IReadOnlyList<ReadOnlyMemory<byte>> blobs, bool isProven)
    {
        if (_committer is null || blobs.Count is 0 or > MaxBlobs) throw new ArgumentException($"Expected 1 to {MaxBlobs} blobs and a committer to them, got {blobs.Count}.", nameof(blobs));
        var commitments = new List<ReadOnlyMemory<byte>>();
        var proofs = new List<ReadOnlyMemory<byte>>();
        foreach (ReadOnlyMemory<byte> blob in blobs)
        {
            var commitment = new byte[L1BlobSidecar.CommitmentSize];
            _committer.Commit(blob.Span, commitment);
            commitments.Add(commitment);
            var proof = new byte[(_options.HasCellProofs ? L1BlobSidecar.CellsPerBlob : 1) * L1BlobSidecar.CommitmentSize];
            if (isProven && _options.HasCellProofs) _committer.ProveCells(blob.Span, proof);
            else if (isProven) _committer.Prove(blob.Span, commitment, proof);
            for (int at = 0; at < proof.Length; at += L1BlobSidecar.CommitmentSize) proofs.Add(proof.AsMemory(at, L1BlobSidecar.CommitmentSize));
        }
        return new L1BlobSidecar(blobs, commitments, proofs);
    }

    private Digest32 NextId()
    {
        var input = new byte[_session.Length + sizeof(ulong)];
        _session.CopyTo(input, 0);
        BinaryPrimitives.WriteUInt64BigEndian(input.AsSpan(_session.Length), Interlocked.Increment(ref _calls));
        return new Digest32(Hashing.Keccak(input));
    }

    // Asks until some node answers.
    private async ValueTask<T?> AskAsync<T>(Func<ValueTask<L1Answer<T>>> ask, CancellationToken cancellationToken)
    {
        while (true)
        {
            L1Answer<T> answer = await ask().ConfigureAwait(false);
            if (answer.IsOk) return answer.Value;
            await Task.Delay(_options.PollInterval, _time, cancellationToken).ConfigureAwait(false);
        }
    }
}
