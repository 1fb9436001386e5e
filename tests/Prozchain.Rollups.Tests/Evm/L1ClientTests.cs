using System.Text;
using System.Text.Json;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Evm;

/// <summary>Fail-over, hostile answers, and a real node that judges what is signed here.</summary>
[Collection(AnvilCollection.Name)]
public sealed class L1ClientTests(AnvilFixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Transfer_SignedHere_IsMinedWithTheHashAndSenderThatWeSay()
    {
        using TestAccount alice = await TestAccount.CreateAsync(fixture.Node, 0x11);
        var bob = new L1Address(Enumerable.Repeat((byte)7, 20).ToArray());
        UInt128 before = (await fixture.Node.Client.GetBalanceAsync(bob, Cancellation)).Value!.Value;
        for (int i = 0; i < 10; i++)
        {
            L1Receipt receipt = await alice.SendAsync(bob, default, 5);
            Assert.True(receipt.Succeeded);
            Assert.Equal(21_000UL, receipt.GasUsed);
        }
        Assert.Equal(before + 50, (await fixture.Node.Client.GetBalanceAsync(bob, Cancellation)).Value);
    }

    [Fact]
    public async Task Recovery_AndThePrecompile_Agree()
    {
        using TestAccount alice = await TestAccount.CreateAsync(fixture.Node, 0x11);
        var precompile = new L1Address([.. new byte[19], 1]);
        var random = new SeededRandom(7);
        for (int i = 0; i < 6; i++)
        {
            byte[] digest = random.Bytes(32), signature = new byte[64];
            await alice.Signer.SignAsync(digest, signature, Cancellation);
            Secp256k1.ToLowS(signature);
            for (int parity = 0; parity < 2; parity++)
            {
                var key = new byte[64];
                bool isFound = Secp256k1.TryRecover(digest, signature, parity == 1, key);
                L1Answer<byte[]> answer = await fixture.Node.Client.CallAsync(precompile, (byte[])[.. digest, .. new byte[31], (byte)(27 + parity), .. signature], Cancellation);
                Assert.Equal(isFound ? L1Address.FromPublicKey(key) : default, answer.Value!.Length == 0 ? default : new L1Address(answer.Value.AsSpan(12)));
            }
        }
    }

    [Fact]
    public async Task Reads_OfARealNode_AreTyped()
    {
        L1Client client = fixture.Node.Client;
        Assert.Equal(AnvilNode.ChainId, (await client.GetChainIdAsync(Cancellation)).Value);
        await fixture.Node.MineAsync(3);
        L1Block latest = (await client.GetBlockAsync(L1Client.Latest, Cancellation)).Value!.Value;
        L1Block parent = (await client.GetBlockAsync(Hex.Quantity(latest.Number - 1), Cancellation)).Value!.Value;
        Assert.Equal(parent.Hash, latest.ParentHash);
        Assert.True((await client.GetFeesAsync(Cancellation)).Value!.Value.BaseFee > 0);
        Assert.Equal((RpcStatus.Ok, null), ((await client.GetBlockAsync(Hex.Quantity(1_000_000), Cancellation)).Status, (L1Block?)null));
        Assert.Null((await client.GetReceiptsAsync([latest.Hash], Cancellation))[0].Value);
        (SendOutcome outcome, _) = await client.SendAsync(new byte[] { 2, 0xC0 }, Cancellation);
        Assert.Equal(SendOutcome.Rejected, outcome);
    }

    [Fact]
    public async Task Call_WhenAnEndpointFails_GoesToTheNextAndLetsTheFirstRest()
    {
        var time = new VirtualTime();
        var first = new Scripted { Answer = new TransportAnswer(TransportFault.TimedOut, default) };
        var second = new Scripted { Answer = Body("""{"jsonrpc":"2.0","id":0,"result":"0x1"}""") };
        var client = new L1Client(new JsonRpcClient([first, second], time));
        Assert.Equal(1UL, (await client.GetChainIdAsync(Cancellation)).Value);
        Assert.Equal(1UL, (await client.GetChainIdAsync(Cancellation)).Value);
        Assert.Equal((1, 2), (first.Calls, second.Calls));
        time.Advance(TimeSpan.FromSeconds(1));
        await client.GetChainIdAsync(Cancellation);
        await client.GetChainIdAsync(Cancellation);
        Assert.Equal((2, 4), (first.Calls, second.Calls));
        time.Advance(TimeSpan.FromSeconds(1.5));
        await client.GetChainIdAsync(Cancellation);
        Assert.Equal((2, 5), (first.Calls, second.Calls));
        time.Advance(TimeSpan.FromSeconds(1));
        first.Answer = second.Answer;
        await client.GetChainIdAsync(Cancellation);
        Assert.Equal((3, 5), (first.Calls, second.Calls));
        second.Answer = first.Answer = new TransportAnswer(TransportFault.Unreachable, default);
        Assert.Equal(RpcStatus.NoAnswer, (await client.GetChainIdAsync(Cancellation)).Status);
        Assert.Equal(RpcStatus.NoAnswer, (await client.GetChainIdAsync(Cancellation)).Status);
        Assert.Equal(5, first.Calls);
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":0,"error":{"code":3,"message":"execution reverted","data":"0x08c379a0"}}""", "NodeError", 1)]
    [InlineData("""{"jsonrpc":"2.0","id":0,"error":{"code":-32005,"message":"limit"}}""", "NodeError", 2)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":"0x1"}""", "Malformed", 2)]
    [InlineData("""{"jsonrpc":"2.0","result":"0x1"}""", "Malformed", 2)]
    [InlineData("""[{"jsonrpc":"2.0","id":0,"result":"0x1"}]""", "Malformed", 2)]
    [InlineData("""<html>""", "Malformed", 2)]
    [InlineData("""{"id":0,"result":"0x\ud800"}""", "Malformed", 2)]
    [InlineData("""{"id":0,"result":"0x10000000000000000"}""", "Malformed", 1)]
    [InlineData("""{"id":0,"result":{"a":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}}""", "Malformed", 2)]
    public async Task Call_OfAnOddAnswer_IsAResult(string json, string expected, int calls)
    {
        var endpoint = new Scripted { Answer = Body(json) };
        var client = new L1Client(new JsonRpcClient([endpoint, endpoint], new VirtualTime()));
        Assert.Equal(expected, (await client.GetChainIdAsync(Cancellation)).Status.ToString());
        Assert.Equal(calls, endpoint.Calls);
    }

    [Fact]
    public async Task Reads_OfHostileJson_NeverThrow()
    {
        using TestAccount alice = await TestAccount.CreateAsync(fixture.Node, 0x11);
        SignedL1Transaction signed = await alice.SignAsync(alice.Address, default);
        await fixture.Node.Client.SendAsync(signed.Raw, Cancellation);
        byte[][] seeds = [Frame(await fixture.Node.DoAsync(RpcRequest.Of("eth_getTransactionReceipt", Hex.Data(signed.Hash.Span)))), Frame(await fixture.Node.DoAsync(new RpcRequest("eth_feeHistory", writer =>
        {
            writer.WriteStringValue("0x2");
            writer.WriteStringValue("latest");
            writer.WriteStartArray();
            writer.WriteEndArray();
        })))];
        var endpoint = new Scripted();
        var client = new L1Client(new JsonRpcClient([endpoint], new VirtualTime()));
        HostileBytes.Feed(seeds, bytes =>
        {
            endpoint.Answer = new TransportAnswer(TransportFault.None, bytes.ToArray());
            _ = client.GetFeesAsync(default).AsTask().Result;
            _ = client.GetLogsAsync([], 0, 1, default).AsTask().Result;
            endpoint.Answer = new TransportAnswer(TransportFault.None, (byte[])[(byte)'[', .. bytes, (byte)']']);
            _ = client.GetReceiptsAsync([default], default).AsTask().Result;
        }, 2_000);
    }

    [Fact]
    public async Task Transport_ToNobody_SaysUnreachable()
    {
        using var http = new System.Net.Http.HttpClient();
        var transport = new HttpJsonRpcTransport(http, new Uri("http://127.0.0.1:1"), TimeProvider.System, TimeSpan.FromSeconds(5));
        Assert.Equal(TransportFault.Unreachable, (await transport.SendAsync("{}"u8.ToArray(), Cancellation)).Fault);
    }

    private static TransportAnswer Body(string json) => new(TransportFault.None, Encoding.UTF8.GetBytes(json));

    private static byte[] Frame(JsonElement result) => Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","id":0,"result":{{result.GetRawText()}}}""");

    private sealed class Scripted : IJsonRpcTransport
    {
        public TransportAnswer Answer { get; set; }

        public int Calls { get; private set; }

        public ValueTask<TransportAnswer> SendAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation)
        {
            Calls++;
            return ValueTask.FromResult(Answer);
        }
    }
}
