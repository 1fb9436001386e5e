using System.Text.Json;

namespace Prozchain.Rollups.Evm;

/// <summary>A node's answer to one request.</summary>
/// <param name="Status">Whether there is one.</param>
/// <param name="Value">The result, with <see cref="RpcStatus.Ok"/>.</param>
/// <param name="Code">The error's code, with <see cref="RpcStatus.NodeError"/>.</param>
/// <param name="Message">The error's message, or what went wrong; the node's words, not to be trusted.</param>
/// <param name="Data">The error's data when it is hexadecimal: what a call reverted with.</param>
internal readonly record struct RpcResult(RpcStatus Status, JsonElement Value, int Code, string Message, ReadOnlyMemory<byte> Data)
{
    private const int MaxMessage = 1024;

    public static RpcResult Failed(RpcStatus status, string message) => new(status, default, 0, message, default);

    /// <summary>Reads the object of one answer.</summary>
    public static RpcResult Read(JsonElement answer)
    {
        if (answer.TryGetProperty("error", out JsonElement error) && error.ValueKind == JsonValueKind.Object)
        {
            int code = error.TryGetProperty("code", out JsonElement number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out int read) ? read : 0;
            string message = error.TryGetProperty("message", out JsonElement text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";
            ReadOnlyMemory<byte> data = error.TryGetProperty("data", out JsonElement bytes) && Hex.TryReadBytes(bytes, out byte[] reason) ? reason : default;
            return new RpcResult(RpcStatus.NodeError, default, code, message[..Math.Min(message.Length, MaxMessage)], data);
        }
        return answer.TryGetProperty("result", out JsonElement value)
            ? new RpcResult(RpcStatus.Ok, value, 0, "", default)
            : Failed(RpcStatus.Malformed, "Expected a result or an error.");
    }
}
