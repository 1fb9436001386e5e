using System.Text.Json;

namespace Prozchain.Rollups.Evm;

/// <summary>What settlement asks of an Ethereum node, typed. No call throws for what a node or a network does.</summary>
internal sealed class L1Client(JsonRpcClient rpc)
{
    /// <summary>Tags of blocks, from the newest to one that no honest reorganisation removes.</summary>
    public const string Latest = "latest", Safe = "safe", Finalized = "finalized", Pending = "pending";

    private static readonly (string Text, SendOutcome Outcome)[] s_refusals =
    [
        // Wordings of geth, Nethermind, Erigon, Besu, Reth and anvil; the first that fits counts.
        ("already known", SendOutcome.Accepted), ("already imported", SendOutcome.Accepted), ("alreadyknown", SendOutcome.Accepted), ("known transaction", SendOutcome.Accepted),
        ("nonce too low", SendOutcome.NonceTooLow), ("oldnonce", SendOutcome.NonceTooLow), ("nonce_too_low", SendOutcome.NonceTooLow),
        ("underpriced", SendOutcome.Underpriced), ("fee too low", SendOutcome.Underpriced), ("feetoolow", SendOutcome.Underpriced), ("less than block base fee", SendOutcome.Underpriced),
        ("fee cap", SendOutcome.Underpriced), ("gas price below", SendOutcome.Underpriced), ("max fee per gas", SendOutcome.Underpriced),
        ("insufficient funds", SendOutcome.InsufficientFunds), ("insufficientfunds", SendOutcome.InsufficientFunds), ("upfront cost", SendOutcome.InsufficientFunds),
    ];

    public JsonRpcClient Rpc { get; } = rpc;

    public async ValueTask<L1Answer<ulong?>> GetChainIdAsync(CancellationToken cancellation) =>
        Quantity(await Rpc.CallAsync(RpcRequest.Of("eth_chainId"), cancellation).ConfigureAwait(false));

    /// <summary>The header of a block by tag or, as a hexadecimal quantity, by number.</summary>
    public async ValueTask<L1Answer<L1Block?>> GetBlockAsync(string block, CancellationToken cancellation)
    {
        RpcResult result = await Rpc.CallAsync(Header(block), cancellation).ConfigureAwait(false);
        return Read<L1Block?>(result, ReadBlock);
    }

    /// <summary>Transactions that the account has sent, up to a block.</summary>
    public async ValueTask<L1Answer<ulong?>> GetNonceAsync(L1Address account, string block, CancellationToken cancellation) =>
        Quantity(await Rpc.CallAsync(RpcRequest.Of("eth_getTransactionCount", Hex.Data(account.Span), block), cancellation).ConfigureAwait(false));

    public async ValueTask<L1Answer<UInt128?>> GetBalanceAsync(L1Address account, CancellationToken cancellation) =>
        Read<UInt128?>(await Rpc.CallAsync(RpcRequest.Of("eth_getBalance", Hex.Data(account.Span), Latest), cancellation).ConfigureAwait(false),
            static json => Hex.TryReadQuantity(json, out UInt128 read) ? read : null);

    /// <summary>The receipts of many transactions in their order; null for one that is in no block.</summary>
    public async ValueTask<L1Answer<L1Receipt>[]> GetReceiptsAsync(IReadOnlyList<Digest32> hashes, CancellationToken cancellation)
    {
        RpcRequest[] requests = [.. hashes.Select(hash => RpcRequest.Of("eth_getTransactionReceipt", Hex.Data(hash.Span)))];
        RpcResult[] results = await Rpc.CallAsync(requests, cancellation).ConfigureAwait(false);
        return [.. results.Select(result => Read<L1Receipt>(result, static json => L1Json.TryReadReceipt(json, out L1Receipt? read) ? read : null))];
    }

    /// <summary>Runs a call without sending it. A revert is a node error with data.</summary>
    public async ValueTask<L1Answer<byte[]>> CallAsync(L1Address to, ReadOnlyMemory<byte> data, CancellationToken cancellation, L1Address? from = null, UInt128 value = default, string block = Latest, IReadOnlyList<Digest32>? blobs = null)
    {
        RpcResult result = await Rpc.CallAsync(new RpcRequest("eth_call", writer =>
        {
            writer.WriteStartObject();
            if (from is { } sender) writer.WriteString("from", Hex.Data(sender.Span));
            writer.WriteString("to", Hex.Data(to.Span));
            if (value > 0) writer.WriteString("value", Hex.Quantity(value));
            writer.WriteString("data", Hex.Data(data.Span));
            if (blobs is not null)
            {
                writer.WriteStartArray("blobVersionedHashes");
                foreach (Digest32 hash in blobs) writer.WriteStringValue(Hex.Data(hash.Span));
                writer.WriteEndArray();
            }
            writer.WriteEndObject();
            writer.WriteStringValue(block);
        }), cancellation).ConfigureAwait(false);
        return Read(result, static json => Hex.TryReadBytes(json, out byte[] read) ? read : null);
    }

    /// <summary>The headers of many blocks by number, in order; null for one that is not there yet.</summary>
    public async ValueTask<L1Answer<L1Block?>[]> GetBlocksAsync(IReadOnlyList<ulong> numbers, CancellationToken cancellation)
    {
        RpcResult[] results = await Rpc.CallAsync([.. numbers.Select(number => Header(Hex.Quantity(number)))], cancellation).ConfigureAwait(false);
        return [.. results.Select(result => Read<L1Block?>(result, ReadBlock))];
    }

    /// <summary>The logs of contracts in a range of blocks, both ends included, in order.</summary>
    public async ValueTask<L1Answer<L1Log[]>> GetLogsAsync(IReadOnlyList<L1Address> contracts, ulong from, ulong to, CancellationToken cancellation)
    {
        RpcResult result = await Rpc.CallAsync(Logs(contracts, writer =>
        {
            writer.WriteString("fromBlock", Hex.Quantity(from));
            writer.WriteString("toBlock", Hex.Quantity(to));
        }), cancellation).ConfigureAwait(false);
        return Read(result, ReadLogs);
    }

    /// <summary>The logs of contracts in many blocks by hash: a reorganisation between two requests cannot mix two chains.</summary>
    public async ValueTask<L1Answer<L1Log[]>[]> GetLogsAsync(IReadOnlyList<L1Address> contracts, IReadOnlyList<Digest32> blocks, CancellationToken cancellation)
    {
        RpcResult[] results = await Rpc.CallAsync([.. blocks.Select(block => Logs(contracts, writer => writer.WriteString("blockHash", Hex.Data(block.Span))))], cancellation)
            .ConfigureAwait(false);
        return [.. results.Select(result => Read(result, ReadLogs))];
    }

    /// <summary>What a transaction called its contract with; null for one that no block holds.</summary>
    public async ValueTask<L1Answer<byte[]>> GetInputAsync(Digest32 transaction, CancellationToken cancellation)
    {
        RpcResult result = await Rpc.CallAsync(RpcRequest.Of("eth_getTransactionByHash", Hex.Data(transaction.Span)), cancellation).ConfigureAwait(false);
        return Read(result, static json => json.ValueKind == JsonValueKind.Object && json.TryGetProperty("input", out JsonElement input) && Hex.TryReadBytes(input, out byte[] read) ? read : null);
    }

    /// <summary>Base fee of the next block, and the median tip of the last five blocks' median transactions.</summary>
    public async ValueTask<L1Answer<(UInt128 BaseFee, UInt128 Tip)?>> GetFeesAsync(CancellationToken cancellation)
    {
        RpcResult result = await Rpc.CallAsync(new RpcRequest("eth_feeHistory", static writer =>
        {
            writer.WriteStringValue("0x5");
            writer.WriteStringValue(Latest);
            writer.WriteStartArray();
            writer.WriteNumberValue(50);
            writer.WriteEndArray();
        }), cancellation).ConfigureAwait(false);
        return Read(result, ReadFees);
    }

    /// <summary>Hands a signed transaction to a node.</summary>
    public async ValueTask<(SendOutcome Outcome, string Message)> SendAsync(ReadOnlyMemory<byte> raw, CancellationToken cancellation)
    {
        RpcResult result = await Rpc.CallAsync(RpcRequest.Of("eth_sendRawTransaction", Hex.Data(raw.Span)), cancellation).ConfigureAwait(false);
        if (result.Status == RpcStatus.Ok) return (SendOutcome.Accepted, "");
        if (result.Status != RpcStatus.NodeError) return (SendOutcome.Unknown, result.Message);
        foreach ((string text, SendOutcome outcome) in s_refusals)
            if (result.Message.Contains(text, StringComparison.OrdinalIgnoreCase)) return (outcome, result.Message);
        return (SendOutcome.Rejected, result.Message);
    }

    private static RpcRequest Header(string block) => new("eth_getBlockByNumber", writer =>
    {
        writer.WriteStringValue(block);
        writer.WriteBooleanValue(false);
    });

    private static RpcRequest Logs(IReadOnlyList<L1Address> contracts, Action<Utf8JsonWriter> writeBlocks) => new("eth_getLogs", writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartArray("address");
        foreach (L1Address contract in contracts) writer.WriteStringValue(Hex.Data(contract.Span));
        writer.WriteEndArray();
        writeBlocks(writer);
        writer.WriteEndObject();
    });

    private static L1Block? ReadBlock(JsonElement json) => L1Json.TryReadBlock(json, out L1Block read) ? read : null;

    private static L1Log[]? ReadLogs(JsonElement json) => L1Json.TryReadLogs(json, out L1Log[] read) ? read : null;

    private static (UInt128, UInt128)? ReadFees(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("baseFeePerGas", out JsonElement fees) || fees.ValueKind != JsonValueKind.Array) return null;
        int count = fees.GetArrayLength();
        if (count == 0 || !Hex.TryReadQuantity(fees[count - 1], out UInt128 baseFee)) return null;
        var tips = new List<UInt128>();
        if (json.TryGetProperty("reward", out JsonElement rewards) && rewards.ValueKind == JsonValueKind.Array)
            foreach (JsonElement reward in rewards.EnumerateArray())
                if (reward.ValueKind == JsonValueKind.Array && reward.GetArrayLength() == 1 && Hex.TryReadQuantity(reward[0], out UInt128 tip)) tips.Add(tip);
        tips.Sort();
        return (baseFee, tips.Count == 0 ? 0 : tips[tips.Count / 2]);
    }

    private static L1Answer<ulong?> Quantity(in RpcResult result) =>
        Read<ulong?>(result, static json => Hex.TryReadQuantity(json, out ulong read) ? read : null);

    private static L1Answer<T> Read<T>(in RpcResult result, Func<JsonElement, T?> reader)
    {
        if (result.Status != RpcStatus.Ok) return new L1Answer<T>(result.Status, default, result.Message, result.Data);
        if (result.Value.ValueKind == JsonValueKind.Null) return new L1Answer<T>(RpcStatus.Ok, default);
        return reader(result.Value) is { } value ? new L1Answer<T>(RpcStatus.Ok, value) : new L1Answer<T>(RpcStatus.Malformed, default, "Expected another shape of answer.");
    }
}
