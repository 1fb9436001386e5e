using System.Text.Json;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Tests.Evm;
using Prozchain.Shared;
using Prozchain.Testing;
using C = Prozchain.Rollups.Evm.Ed25519Contract;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>Signatures of Ed25519 have one answer, from the library and from the contract.</summary>
public abstract class Ed25519Suite : SettlementSuite
{
    private L1Address _contract;

    [Fact]
    public async Task EdgeCases_HaveTheAnswerOfTheLibrary()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(TestVectors.Require("ed25519-edge/cctv_ed25519.json")));
        int count = 0, valid = 0;
        foreach (JsonElement vector in document.RootElement.EnumerateArray())
        {
            // Every fourth: one takes the contract 400,000 gas.
            if (count++ % 4 != 0) continue;
            byte[] key = Bytes("key"), signature = Bytes("sig"), message = System.Text.Encoding.UTF8.GetBytes(vector.GetProperty("msg").GetString()!);
            if (key.Length != 32 || signature.Length != 64) continue;
            bool expected = Ed25519.Verify(key, message, signature);
            if (expected) valid++;
            Assert.True(expected == await VerifyAsync(key, message, signature), vector.GetRawText());

            byte[] Bytes(string name) => Convert.FromHexString(vector.GetProperty(name).GetString()!);
        }
        Assert.InRange(valid, 10, count / 4 - 2);
    }

    [Fact]
    public async Task Messages_OfEveryLengthAroundABlock_AreHashed()
    {
        using var signer = new Ed25519Signer([.. Enumerable.Range(1, 32).Select(i => (byte)i)]);
        byte[] key = signer.PublicKey[1..].ToArray(), signature = new byte[65];
        foreach (int length in (int[])[0, 1, 46, 47, 48, 63, 64, 65, 174, 175, 176, 200, 1_300])
        {
            byte[] message = [.. Enumerable.Range(0, length).Select(i => (byte)i)];
            signer.Sign(message, signature);
            Assert.True(await VerifyAsync(key, message, signature[1..]), length.ToString(System.Globalization.CultureInfo.InvariantCulture));
            Assert.False(await VerifyAsync(key, [.. message, 0], signature[1..]));
        }
    }

    protected override async Task PrepareAsync() => _contract = await World.DeployAsync("Ed25519");

    private async Task<bool> VerifyAsync(byte[] key, byte[] message, byte[] signature)
    {
        AbiValue pair = AbiValue.List(AbiValue.Fixed(signature.AsSpan(0, 32)), AbiValue.Fixed(signature.AsSpan(32)));
        bool isValid = (await World.ReadAsync(_contract, C.Verify, AbiValue.Fixed(key), AbiValue.Of(message), pair))[0].ToBool();
        Assert.Equal(isValid, await CheckAsync([2, .. key], message, [2, .. signature]));
        return isValid;
    }

    private async Task<bool> CheckAsync(byte[] key, byte[] message, byte[] signature) =>
        (await World.ReadAsync(_contract, C.Check, AbiValue.Of(key), AbiValue.Of(message), AbiValue.Of(signature)))[0].ToBool();

    /// <summary>Keys and signatures name their scheme, and nothing else passes for them.</summary>
    [Fact]
    public async Task Check_OfOtherShapes_IsFalse()
    {
        using var signer = new Ed25519Signer(new byte[32]);
        byte[] key = signer.PublicKey.ToArray(), message = [1, 2], signature = new byte[65];
        signer.Sign(message, signature);
        Assert.True(await CheckAsync(key, message, signature));
        Assert.False(await CheckAsync([1, .. key[1..]], message, signature));
        Assert.False(await CheckAsync(key, message, [1, .. signature[1..]]));
        Assert.False(await CheckAsync([.. key, 0], message, signature));
        Assert.False(await CheckAsync(key[..^1], message, signature));
        Assert.False(await CheckAsync(key, message, [.. signature, 0]));
        Assert.False(await CheckAsync([], message, []));
    }
}

public sealed class Ed25519InProcessTests : Ed25519Suite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class Ed25519OnAnvilTests(AnvilFixture fixture) : Ed25519Suite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
