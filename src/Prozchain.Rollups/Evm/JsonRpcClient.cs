using System.Buffers;
using System.Text.Json;
using Prozchain.Rollups.Ports;

namespace Prozchain.Rollups.Evm;

/// <summary>
/// JSON-RPC 2.0 over several endpoints of one chain. A request goes to the first that is well, and on to the next when it
/// gives no answer, one that is no JSON-RPC, or that it has no capacity; an error that the node answers is an answer. Thread-safe.
/// </summary>
internal sealed class JsonRpcClient
{
    /// <summary>Requests in one batch at most; longer lists go in several.</summary>
    public const int MaxBatch = 100;

    private const int CapacityExceeded = -32005;
    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = 32 };
    private readonly IReadOnlyList<IJsonRpcTransport> _endpoints;
    private readonly TimeProvider _time;
    private readonly EndpointHealth _health;
    private readonly Lock _lock = new();

    /// <exception cref="ArgumentException">No endpoint.</exception>
    public JsonRpcClient(IReadOnlyList<IJsonRpcTransport> endpoints, TimeProvider time)
    {
        if (endpoints.Count == 0) throw new ArgumentException("Expected one endpoint or more, got none.", nameof(endpoints));
        (_endpoints, _time, _health) = (endpoints, time, new EndpointHealth(endpoints.Count));
    }

    public async ValueTask<RpcResult> CallAsync(RpcRequest request, CancellationToken cancellation) =>
        (await ExchangeAsync([request], isBatch: false, cancellation).ConfigureAwait(false))[0];

    /// <summary>Sends many requests; the results come in their order.</summary>
    public async ValueTask<RpcResult[]> CallAsync(IReadOnlyList<RpcRequest> requests, CancellationToken cancellation)
    {
        var results = new List<RpcResult>(requests.Count);
        foreach (RpcRequest[] chunk in requests.Chunk(MaxBatch))
            results.AddRange(await ExchangeAsync(chunk, isBatch: true, cancellation).ConfigureAwait(false));
        return [.. results];
    }

    private async ValueTask<RpcResult[]> ExchangeAsync(RpcRequest[] requests, bool isBatch, CancellationToken cancellation)
    {
        byte[] body = Write(requests, isBatch);
        int[] order;
        lock (_lock) order = _health.Order(_time.GetUtcNow());
        var results = new RpcResult[requests.Length];
        foreach (int endpoint in order)
        {
            TransportAnswer answer = await _endpoints[endpoint].SendAsync(body, cancellation).ConfigureAwait(false);
            if (answer.Fault != TransportFault.None)
                Array.Fill(results, RpcResult.Failed(RpcStatus.NoAnswer, answer.Fault.ToString()));
            else if (!TryRead(answer.Body, results, isBatch))
                Array.Fill(results, RpcResult.Failed(RpcStatus.Malformed, "Expected one answer of JSON-RPC to each request."));
            bool isWell = results.All(result => result.Status is RpcStatus.Ok or RpcStatus.NodeError && result.Code != CapacityExceeded);
            lock (_lock)
            {
                if (isWell) _health.Succeeded(endpoint);
                else _health.Failed(endpoint, _time.GetUtcNow());
            }
            if (isWell) break;
        }
        return results;
    }

    private static byte[] Write(RpcRequest[] requests, bool isBatch)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output))
        {
            if (isBatch) writer.WriteStartArray();
            for (int i = 0; i < requests.Length; i++)
            {
                writer.WriteStartObject();
                writer.WriteString("jsonrpc", "2.0");
                writer.WriteNumber("id", i);
                writer.WriteString("method", requests[i].Method);
                writer.WriteStartArray("params");
                requests[i].WriteParameters?.Invoke(writer);
                writer.WriteEndArray();
                writer.WriteEndObject();
            }
            if (isBatch) writer.WriteEndArray();
        }
        return output.WrittenSpan.ToArray();
    }

    // Every request must be answered exactly once, by its number.
    private static bool TryRead(ReadOnlyMemory<byte> body, RpcResult[] results, bool isBatch)
    {
        JsonElement root;
        try
        {
            using JsonDocument document = JsonDocument.Parse(body, s_options);
            root = document.RootElement.Clone();
            Touch(root);
        }
        // Texts that are no UTF-8, or half a surrogate pair, are found only when they are read.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
        if (!isBatch) return root.ValueKind == JsonValueKind.Object && TryReadOne(root, results, new bool[1]);
        if (root.ValueKind != JsonValueKind.Array || root.GetArrayLength() != results.Length) return false;
        var seen = new bool[results.Length];
        foreach (JsonElement answer in root.EnumerateArray())
            if (answer.ValueKind != JsonValueKind.Object || !TryReadOne(answer, results, seen)) return false;
        return true;
    }

    private static void Touch(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in element.EnumerateArray()) Touch(item);
                break;
            case JsonValueKind.Object:
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    _ = property.Name;
                    Touch(property.Value);
                }
                break;
        }
    }

    private static bool TryReadOne(JsonElement answer, RpcResult[] results, bool[] seen)
    {
        if (!answer.TryGetProperty("id", out JsonElement id) || id.ValueKind != JsonValueKind.Number || !id.TryGetInt32(out int index)) return false;
        if ((uint)index >= (uint)results.Length || seen[index]) return false;
        seen[index] = true;
        results[index] = RpcResult.Read(answer);
        return true;
    }
}
