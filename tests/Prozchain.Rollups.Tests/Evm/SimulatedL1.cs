using System.Buffers;
using System.Text.Json;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;

namespace Prozchain.Rollups.Tests.Evm;

/// <summary>
/// One account's view of a chain, with the faults of nodes and networks: lost requests, lost answers, pools that forget,
/// reorganisations. It applies the rules of a pool (replacement by a tenth more) and of nonces.
/// </summary>
internal sealed class SimulatedL1 : IJsonRpcTransport
{
    private readonly List<List<SignedL1Transaction>> _blocks = [[]];
    private readonly List<int> _salts = [0];
    private readonly Dictionary<Digest32, SignedL1Transaction> _known = [];
    private int _salt;

    public SortedDictionary<ulong, SignedL1Transaction> Pool { get; } = [];

    public ulong BaseFee { get; set; } = 100;

    public ulong Head => (ulong)(_blocks.Count - 1);

    /// <summary>Called before a request is handled; what it returns is answered instead, without effect.</summary>
    public Func<string, TransportFault> Before { get; set; } = _ => TransportFault.None;

    /// <summary>Called after a request was handled; what it returns is answered instead, after the effect.</summary>
    public Func<string, TransportFault> After { get; set; } = _ => TransportFault.None;

    /// <summary>Gas that each transaction uses, and whether it succeeds.</summary>
    public Func<SignedL1Transaction, (bool Succeeded, ulong Gas)> Execute { get; set; } = _ => (true, 21_000);

    public bool CanReplace { get; set; } = true;

    /// <summary>All transactions in blocks, in order.</summary>
    public IEnumerable<SignedL1Transaction> Mined => _blocks.SelectMany(block => block);

    public void Mine(int blocks = 1)
    {
        for (; blocks > 0; blocks--)
        {
            var block = new List<SignedL1Transaction>();
            while (Pool.TryGetValue((ulong)(Mined.Count() + block.Count), out SignedL1Transaction? next) && next.Body.MaxFee >= BaseFee)
            {
                Pool.Remove(next.Body.Nonce);
                block.Add(next);
            }
            _blocks.Add(block);
            _salts.Add(++_salt);
        }
    }

    /// <summary>Takes the newest blocks away; their transactions return to the pool, or are forgotten.</summary>
    public void Reorg(int depth, bool isForgotten)
    {
        for (; depth > 0 && _blocks.Count > 1; depth--)
        {
            foreach (SignedL1Transaction transaction in _blocks[^1])
                if (!isForgotten) Pool[transaction.Body.Nonce] = transaction;
            _blocks.RemoveAt(_blocks.Count - 1);
            _salts.RemoveAt(_salts.Count - 1);
        }
    }

    public ValueTask<TransportAnswer> SendAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        using JsonDocument document = JsonDocument.Parse(request);
        JsonElement root = document.RootElement;
        string method = (root.ValueKind == JsonValueKind.Array ? root[0] : root).GetProperty("method").GetString()!;
        TransportFault fault = Before(method);
        if (fault != TransportFault.None) return ValueTask.FromResult(new TransportAnswer(fault, default));
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output))
        {
            if (root.ValueKind == JsonValueKind.Array)
            {
                writer.WriteStartArray();
                foreach (JsonElement item in root.EnumerateArray()) Answer(writer, item);
                writer.WriteEndArray();
            }
            else
                Answer(writer, root);
        }
        fault = After(method);
        return ValueTask.FromResult(fault == TransportFault.None ? new TransportAnswer(fault, output.WrittenMemory) : new TransportAnswer(fault, default));
    }

    private void Answer(Utf8JsonWriter writer, JsonElement request)
    {
        string method = request.GetProperty("method").GetString()!;
        JsonElement parameters = request.GetProperty("params");
        writer.WriteStartObject();
        writer.WriteNumber("id", request.GetProperty("id").GetInt32());
        string? error = null;
        if (method == "eth_sendRawTransaction" && (error = Receive(Convert.FromHexString(parameters[0].GetString()!.AsSpan(2)))) is not null)
        {
            writer.WriteStartObject("error");
            writer.WriteNumber("code", -32000);
            writer.WriteString("message", error);
            writer.WriteEndObject();
        }
        else
        {
            writer.WritePropertyName("result");
            writer.WriteRawValue(method switch
            {
                "eth_chainId" => "\"0x7a69\"",
                "eth_getBlockByNumber" => $$"""{"number":"{{Hex.Quantity(Head)}}","hash":"{{BlockHash((int)Head)}}","parentHash":"{{BlockHash(0)}}","timestamp":"0x1","baseFeePerGas":"{{Hex.Quantity(BaseFee)}}"}""",
                "eth_feeHistory" => $$"""{"baseFeePerGas":["{{Hex.Quantity(BaseFee)}}"],"reward":[["0x2"]]}""",
                "eth_getTransactionCount" => $"\"{Hex.Quantity((UInt128)Mined.Count())}\"",
                "eth_getTransactionReceipt" => Receipt(parameters[0].GetString()!),
                _ => "\"0x\"",
            });
        }
        writer.WriteEndObject();
    }

    private string? Receive(byte[] raw)
    {
        // Recovery is slow, and what is resent is known.
        var hash = new Digest32(Hashing.Keccak(raw));
        if (!_known.TryGetValue(hash, out SignedL1Transaction? transaction))
        {
            if (!L1Transaction.TryRead(raw, out transaction)) return "invalid transaction";
            _known.Add(hash, transaction!);
        }
        if (transaction!.Body.Nonce < (ulong)Mined.Count()) return "nonce too low: next nonce is higher";
        Pool.TryGetValue(transaction.Body.Nonce, out SignedL1Transaction? there);
        if (there?.Hash == transaction.Hash) return "already known";
        if (transaction.Body.MaxFee < BaseFee && !CanReplace) return "max fee per gas less than block base fee";
        if (there is not null)
        {
            UInt128 fee = there.Body.MaxFee, tip = there.Body.MaxPriorityFee;
            if (!CanReplace || transaction.Body.MaxFee * 10 < fee * 11 || transaction.Body.MaxPriorityFee * 10 < tip * 11) return "replacement transaction underpriced";
        }
        Pool[transaction.Body.Nonce] = transaction;
        return null;
    }

    private string Receipt(string hash)
    {
        for (int i = 0; i < _blocks.Count; i++)
        {
            foreach (SignedL1Transaction transaction in _blocks[i])
            {
                if (Hex.Data(transaction.Hash.Span) != hash) continue;
                (bool succeeded, ulong gas) = Execute(transaction);
                return $$"""{"transactionHash":"{{hash}}","blockNumber":"{{Hex.Quantity((UInt128)i)}}","blockHash":"{{BlockHash(i)}}","status":"{{(succeeded ? "0x1" : "0x0")}}","gasUsed":"{{Hex.Quantity(gas)}}","logs":[]}""";
            }
        }
        return "null";
    }

    private string BlockHash(int number) => Hex.Data(Hashing.Keccak(BitConverter.GetBytes(_salts[number])).Span);
}
