using Prozchain.Rollups.Bridge;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Evm;
using Prozchain.Rollups.Tests.Payments;
using C = Prozchain.Rollups.Evm.EscapeHatchContract;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>Accounts by number: the record is under the number itself, and has the key and the balance of token 0.</summary>
public abstract class NumberedEscapeSuite : EscapeSuite<Sha256Tree>
{
    private const uint First = 70_000;
    private static readonly UInt128 s_fee = 1_000_000_000_000_000;

    /// <summary>Balances of other tokens have leaves of their own, under the alias.</summary>
    [Fact]
    public async Task Escape_OfAnotherToken_IsPaidOnceByOneSignature()
    {
        await DepositAsync(1_000, 1);
        L1Address token = await World.DeployAsync("TestToken", 0UL);
        await World.DoAsync(1, token, TestTokenTwin.Mint, 0, World.AddressOf(1), 90UL);
        await World.DoAsync(1, Bridge, BridgeContract.Register, 0, token);
        await World.DoAsync(1, Bridge, BridgeContract.DepositToken, s_fee, 1UL, 90UL, 4UL, AddressOf(0).Digest);
        State.Write(PaymentKeys.Balance<Sha256Tree>(AddressOf(0), 1), Amount(90));
        await FreezeAsync();
        EscapeProof native = EscapeProof.TryMake(State, AddressOf(0), 0)!, other = EscapeProof.TryMake(State, AddressOf(0), 1)!;
        Assert.True(native.Verify<Sha256Tree>(State.Root()) && other.Verify<Sha256Tree>(State.Root()));
        Assert.Equal((0, (UInt128)600, (UInt128)90), (native.BalancePath.Count, native.Amount, other.Amount));
        Assert.Equal(native.Message(AnvilNode.ChainId, Hatch, Recipient), other.Message(AnvilNode.ChainId, Hatch, Recipient));
        await SendAsync(other, 0);
        Assert.Equal("AlreadyLeft()", await RevertAsync(other, 0));
        await SendAsync(native, 0);
        Assert.Equal("AlreadyLeft()", await RevertAsync(native, 0));
        Assert.Equal((UInt128)600, await World.BalanceOfAsync(Recipient));
    }

    /// <summary>A record says whose it is, what it has, and in which key's name: nothing else may be said of it.</summary>
    [Fact]
    public async Task Escape_ByARecordThatSaysOtherwise_IsRefused()
    {
        await DepositAsync(1_000, 1);
        await FreezeAsync();
        EscapeProof proof = EscapeProof.TryMake(State, AddressOf(0), 0)!;
        AccountAddress own = AddressOf(0), other = AddressOf(1), key = AddressOfKey(0);
        byte[] record = proof.Record.ToArray();
        Assert.Equal("NotInState()", await ForgeAsync(other, record, proof.Amount));
        Assert.Equal("NotInState()", await ForgeAsync(key, record, proof.Amount));
        Assert.Equal("NotInState()", await ForgeAsync(own, record, proof.Amount + 1, isSigned: true));
        Assert.Equal("NotInState()", await ForgeAsync(own, record, proof.Amount, [default], isSigned: true));
        Assert.Equal("NotInState()", await ForgeAsync(own, record, proof.Amount, token: 1, isSigned: true));
        Assert.Equal("NotInState()", await ForgeAsync(other, [.. other.Digest.Span[..4].ToArray().Reverse(), .. record[4..]], proof.Amount));
        Assert.Equal("NotInState()", await ForgeAsync(own, [.. record[..48], 1, .. record[49..]], 1));
        Assert.Equal("NotInState()", await ForgeAsync(own, record[..48], proof.Amount));
        Assert.Equal("WrongKey()", await ForgeAsync(own, record, proof.Amount, publicKey: [9, .. record[4..36]]));
        Assert.Equal("WrongKey()", await ForgeAsync(own, record, proof.Amount, publicKey: []));
        Assert.Equal("BadSignature()", await ForgeAsync(own, record, proof.Amount));

        async Task<string> ForgeAsync(AccountAddress account, byte[] shown, UInt128 amount, Digest32[]? path = null, uint token = 0, byte[]? publicKey = null, bool isSigned = false)
        {
            byte[] signature = isSigned ? Sign(proof, 0) : [3, 1];
            AbiValue owner = AbiValue.List((ulong)account.Scheme, account.Digest, AbiValue.Of(shown), AbiValue.Of(publicKey ?? [3, .. record[4..36]]));
            AbiValue ways = AbiValue.List([.. proof.AccountPath.Select(sibling => (AbiValue)sibling)]), balance = AbiValue.List([.. (path ?? []).Select(sibling => (AbiValue)sibling)]);
            return await RevertAsync(new ChainCall(Hatch, C.Escape.Encode(owner, ways, (ulong)token, amount, balance, Recipient, AbiValue.Of(signature))));
        }
    }

    protected override AccountAddress AddressOf(int person) => AccountAddress.FromNumber(First + (uint)person);

    protected override Digest32 KeyOf(int person) => AddressOf(person).Digest;

    protected override void Put(int person, UInt128 amount, int signer)
    {
        var record = new byte[PaymentAccount.NumberedSize];
        new PaymentAccount(3, First + (ulong)person, AddressOfKey(signer).Digest) { NextKey = 4, Balance = amount }.Write(record, AccountLayout.Numbered);
        State.Write(KeyOf(person), record);
    }

    private protected override ISigner Person(int seed) => new HashKeySigner(seed, AccountAddress.HashScheme);

    protected override async Task<(L1Address Hasher, L1Address Authorizer)> ProfileAsync() => (await World.DeployAsync("TestHash"), await World.DeployAsync("TestHashKeys"));
}

public sealed class NumberedEscapeInProcessTests : NumberedEscapeSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class NumberedEscapeOnAnvilTests(AnvilFixture fixture) : NumberedEscapeSuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
