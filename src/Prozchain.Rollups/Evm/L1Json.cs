using System.Text.Json;

namespace Prozchain.Rollups.Evm;

/// <summary>Reads blocks, receipts and logs from a node's untrusted JSON; false for any other shape.</summary>
internal static class L1Json
{
    private const int MaxTopics = 4;

    public static bool TryReadBlock(JsonElement json, out L1Block block)
    {
        block = default;
        if (!Has(json, "number", out JsonElement number) || !Has(json, "hash", out JsonElement hash) || !Has(json, "parentHash", out JsonElement parent)
            || !Has(json, "timestamp", out JsonElement timestamp)) return false;
        // A chain without EIP-1559 has no base fee.
        UInt128 baseFee = 0;
        if (json.TryGetProperty("baseFeePerGas", out JsonElement fee) && !Hex.TryReadQuantity(fee, out baseFee)) return false;
        if (!Hex.TryReadQuantity(number, out ulong height) || !Hex.TryReadDigest(hash, out Digest32 digest) || !Hex.TryReadDigest(parent, out Digest32 parentDigest)
            || !Hex.TryReadQuantity(timestamp, out ulong seconds)) return false;
        block = new L1Block(height, digest, parentDigest, seconds, baseFee);
        return true;
    }

    public static bool TryReadReceipt(JsonElement json, out L1Receipt? receipt)
    {
        receipt = null;
        if (!Has(json, "transactionHash", out JsonElement hash) || !Has(json, "blockNumber", out JsonElement number) || !Has(json, "blockHash", out JsonElement block)
            || !Has(json, "status", out JsonElement status) || !Has(json, "gasUsed", out JsonElement gas) || !Has(json, "logs", out JsonElement logs)) return false;
        if (!Hex.TryReadDigest(hash, out Digest32 digest) || !Hex.TryReadQuantity(number, out ulong height) || !Hex.TryReadDigest(block, out Digest32 blockHash)
            || !Hex.TryReadQuantity(status, out ulong succeeded) || !Hex.TryReadQuantity(gas, out ulong used) || !TryReadLogs(logs, out L1Log[] read)) return false;
        L1Address? created = json.TryGetProperty("contractAddress", out JsonElement address) && Hex.TryReadAddress(address, out L1Address made) ? made : null;
        receipt = new L1Receipt(digest, height, blockHash, succeeded == 1, used, created, read);
        return true;
    }

    public static bool TryReadLogs(JsonElement json, out L1Log[] logs)
    {
        logs = [];
        if (json.ValueKind != JsonValueKind.Array) return false;
        var read = new List<L1Log>();
        foreach (JsonElement item in json.EnumerateArray())
        {
            if (!TryReadLog(item, out L1Log? log)) return false;
            read.Add(log!);
        }
        logs = [.. read];
        return true;
    }

    private static bool TryReadLog(JsonElement json, out L1Log? log)
    {
        log = null;
        if (!Has(json, "address", out JsonElement address) || !Has(json, "topics", out JsonElement topics) || !Has(json, "data", out JsonElement data)
            || !Has(json, "blockNumber", out JsonElement number) || !Has(json, "blockHash", out JsonElement block) || !Has(json, "transactionHash", out JsonElement transaction)
            || !Has(json, "logIndex", out JsonElement index)) return false;
        if (topics.ValueKind != JsonValueKind.Array || topics.GetArrayLength() > MaxTopics) return false;
        var digests = new List<Digest32>(MaxTopics);
        foreach (JsonElement topic in topics.EnumerateArray())
        {
            if (!Hex.TryReadDigest(topic, out Digest32 digest)) return false;
            digests.Add(digest);
        }
        if (!Hex.TryReadAddress(address, out L1Address from) || !Hex.TryReadBytes(data, out byte[] bytes) || !Hex.TryReadQuantity(number, out ulong height)
            || !Hex.TryReadDigest(block, out Digest32 blockHash) || !Hex.TryReadDigest(transaction, out Digest32 hash) || !Hex.TryReadQuantity(index, out ulong position)) return false;
        log = new L1Log(from, digests, bytes, height, blockHash, hash, position);
        return true;
    }

    private static bool Has(JsonElement json, string name, out JsonElement value)
    {
        value = default;
        return json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out value);
    }
}
