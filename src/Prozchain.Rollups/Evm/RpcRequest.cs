using System.Text.Json;

namespace Prozchain.Rollups.Evm;

/// <summary>One JSON-RPC request: a method, and what writes its parameters between the brackets.</summary>
internal readonly record struct RpcRequest(string Method, Action<Utf8JsonWriter>? WriteParameters = null)
{
    /// <summary>A request whose parameters are strings.</summary>
    public static RpcRequest Of(string method, params string[] parameters) => new(method, writer =>
    {
        foreach (string parameter in parameters) writer.WriteStringValue(parameter);
    });
}
