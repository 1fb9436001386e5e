using System.Text.Json;
using Prozchain.Testing;

namespace Prozchain.Shared.Tests;

/// <summary>One case that others published: what was signed, and the verdict that this library's rule asks for.</summary>
internal sealed record Ed25519Case(string Name, byte[] PublicKey, byte[] Message, byte[] Signature, bool IsValid);

/// <summary>Published verification cases.</summary>
internal static class Ed25519Vectors
{
    public static IReadOnlyList<Ed25519Case> Wycheproof()
    {
        using JsonDocument document = Open("wycheproof/ed25519_test.json");
        return [.. from rows in document.RootElement.GetProperty("testGroups").EnumerateArray()
                   from test in rows.GetProperty("tests").EnumerateArray()
                   select new Ed25519Case(
                       $"wycheproof {test.GetProperty("tcId").GetInt32()}", Hex(rows.GetProperty("publicKey"), "pk"), Hex(test, "msg"), Hex(test, "sig"),
                       test.GetProperty("result").GetString() == "valid")];
    }

    /// <summary>All satisfy the equation with the cofactor, some only it, so that the encodings alone decide.</summary>
    public static IReadOnlyList<Ed25519Case> Edge()
    {
        using JsonDocument document = Open("ed25519-edge/cctv_ed25519.json");
        return [.. from test in document.RootElement.EnumerateArray()
                   let flags = test.GetProperty("flags") is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().Select(flag => flag.GetString()).ToArray() : []
                   select new Ed25519Case(
                       $"edge {test.GetProperty("number").GetInt32()}", Hex(test, "key"), System.Text.Encoding.ASCII.GetBytes(test.GetProperty("msg").GetString()!), Hex(test, "sig"),
                       !flags.Contains("non_canonical_A") && !flags.Contains("non_canonical_R"))];
    }

    public static IReadOnlyList<(byte[] Seed, Ed25519Case Case)> Signing()
    {
        using JsonDocument document = Open("ed25519-edge/ed25519_kat.json");
        return [.. from list in document.RootElement.EnumerateObject()
                   from test in list.Value.EnumerateArray()
                   select (Hex(test, "sk"), new Ed25519Case(list.Name, Hex(test, "pk"), Hex(test, "msg"), Hex(test, "sig"), true))];
    }

    private static JsonDocument Open(string path) => JsonDocument.Parse(File.ReadAllBytes(TestVectors.Require(path)));

    private static byte[] Hex(JsonElement element, string name) => Convert.FromHexString(element.GetProperty(name).GetString()!);
}
