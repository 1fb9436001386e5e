using System.Buffers.Binary;
using Prozchain.Rollups.Bridge;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Tests.Payments;
using Prozchain.Rollups.Tests.Settlement;

namespace Prozchain.Rollups.Tests.Evm;

/// <summary>The rows of contracts/gas.json for leaving under another tree or another scheme than ExitGas has.</summary>
internal static class EscapeGas
{
    private const ulong Day = 86_400;

    public static async Task MeasureAsync(AnvilNode node, TestAccount user, SortedDictionary<string, ulong> gas)
    {
        using var owner = new Ed25519Signer([.. Enumerable.Repeat((byte)9, 32)]);
        (L1Address ed25519, _) = await user.DeployAsync("Ed25519");
        gas["EscapeHatch.escape Ed25519, 1000 leaves"] = await EscapeAsync<KeccakTree>(node, user, owner, default, ed25519);
        L1Address hasher = await TestContractAsync("TestHash"), keys = await TestContractAsync("TestHashKeys");
        gas["EscapeHatch.escape SHA-256 and keys of hashes, 1000 leaves"] = await EscapeAsync<Sha256Tree>(node, user, new HashKeySigner(1), hasher, keys);
        gas["EscapeHatch.escape SHA-256 and keys of hashes, numbered, 1000 leaves"] = await EscapeAsync<Sha256Tree>(node, user, new HashKeySigner(1, AccountAddress.HashScheme), hasher, keys, isNumbered: true);

        async Task<L1Address> TestContractAsync(string name) => (await user.SendAsync(null, ContractCode.Load(name, typeof(EscapeGas).Assembly).Create())).Created!.Value;
    }

    private static async Task<ulong> EscapeAsync<THash>(AnvilNode node, TestAccount user, ISigner owner, L1Address hasher, L1Address authorizer, bool isNumbered = false) where THash : IStateHash
    {
        var recipient = new L1Address([.. Enumerable.Repeat((byte)0x77, 20)]);
        L1Address finality = (await user.SendAsync(null, ContractCode.Load("TestFinality", typeof(EscapeGas).Assembly).Create())).Created!.Value;
        ulong nonce = (await node.Client.GetNonceAsync(user.Address, L1Client.Latest, TestContext.Current.CancellationToken)).Value!.Value;
        L1Address hatch = L1Address.OfCreated(user.Address, nonce + 2);
        (L1Address inbox, _) = await user.DeployAsync("Inbox", user.Address, AbiValue.List(), 0UL);
        (L1Address bridge, _) = await user.DeployAsync("Bridge", inbox, finality, default(L1Address), hatch, 9UL, 600UL, Day, 200UL, default(L1Address));
        await user.DeployAsync("EscapeHatch", finality, bridge, inbox, 60 * Day, AbiValue.List(7 * Day, 7 * Day, 64_800UL, 4UL, 21UL, 16UL, 3_600UL, Day), AbiValue.List(hasher, authorizer));
        await user.SendAsync(bridge, BridgeContract.DepositEther.Encode(1_000UL, 1UL, default(Digest32)), 1_000_000_000_001_000);

        AccountAddress address = AccountAddress.FromPublicKey(owner.PublicKey.Span);
        var state = new StateStore<THash>();
        var amount = new byte[16];
        BinaryPrimitives.WriteUInt128LittleEndian(amount, 200);
        if (isNumbered)
        {
            var record = new byte[PaymentAccount.NumberedSize];
            new PaymentAccount(0, 1_000, address.Digest) { Balance = 200 }.Write(record, AccountLayout.Numbered);
            address = AccountAddress.FromNumber(1_000);
            state.Write(address.Digest, record);
        }
        else
        {
            state.Write(PaymentKeys.Account<THash>(address), new byte[16]);
            state.Write(PaymentKeys.Balance<THash>(address, 0), amount);
        }
        for (int i = 0; i < 1_000; i++) state.Write(new Digest32(Hashing.Keccak(BitConverter.GetBytes(i))), amount);
        await user.SendAsync(finality, TestFinalityTwin.Set.Encode(state.Root(), default(Digest32)));
        await node.AdvanceAsync(TimeSpan.FromDays(61));
        await user.SendAsync(hatch, EscapeHatchContract.Freeze.Encode());
        EscapeProof proof = EscapeProof.TryMake(state, address, 0)!;
        var signature = new byte[owner.SignatureSize];
        owner.Sign(proof.Message(AnvilNode.ChainId, hatch, recipient), signature);
        L1Receipt receipt = await user.SendAsync(hatch, proof.Call(hatch, recipient, owner.PublicKey.Span, signature).Input, default, 16_000_000);
        Assert.True(receipt.Succeeded);
        return receipt.GasUsed;
    }
}
