using System.Buffers;
using System.Buffers.Binary;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;
using Prozchain.Shared;

namespace Prozchain.Rollups.KeyValue;

/// <summary>
/// A rollup of small contracts over keys and values (docs/formats/rollups-contracts.md): shows that nothing around a
/// transition knows of payments. There are no tokens; a transaction pays with its nonce alone. As thread-safe as its verifier.
/// </summary>
/// <typeparam name="THash">The hash of the state's tree and keys.</typeparam>
public sealed class Contracts<THash> : IStateTransition<ContractTransaction> where THash : IStateHash
{
    /// <summary>Scheme byte of a contract's address, under which it speaks to the settlement layer. No key has it: who signs is never a contract.</summary>
    public const byte ContractScheme = 0xFF;

    internal const byte NonceTag = 0x30, ContractTag = 0x31, CodeTag = 0x32, StorageTag = 0x33;

    private readonly ulong _chainId;
    private readonly ResourceUse _cap;
    private readonly ISignatureVerifier _verifier;

    /// <summary>The rules of one rollup.</summary>
    /// <param name="chainId">Signatures are bound to it.</param>
    /// <param name="cap">The cap of one transaction, at least <see cref="Intrinsic"/>.</param>
    /// <param name="verifier">Checks signatures.</param>
    /// <exception cref="ArgumentException">A cap below what any transaction uses.</exception>
    public Contracts(ulong chainId, ResourceUse cap, ISignatureVerifier verifier)
    {
        ArgumentNullException.ThrowIfNull(verifier);
        if (!Intrinsic.FitsIn(cap)) throw new ArgumentException($"Expected a cap of at least {Intrinsic}, got {cap}.", nameof(cap));
        (_chainId, _cap, _verifier) = (chainId, cap, verifier);
    }

    /// <summary>What any transaction uses: a signature, the nonce, and reading or writing the code.</summary>
    public static ResourceUse Intrinsic { get; } = new(
        Costs.Transaction + Costs.Signature + 2 * Costs.Read + 2 * Costs.Write, Costs.ProvingSignature + 2 * Costs.ProvingRead + 2 * Costs.ProvingWrite);

    /// <summary>The contract that an account's transaction deploys.</summary>
    public static Digest32 ContractOf(in AccountAddress sender, ulong nonce)
    {
        Span<byte> input = stackalloc byte[AccountAddress.Size + sizeof(ulong)];
        sender.CopyTo(input);
        BinaryPrimitives.WriteUInt64LittleEndian(input[AccountAddress.Size..], nonce);
        return new Digest32(TreeHash<THash>.Hash(ContractTag, input));
    }

    /// <inheritdoc/>
    public void Authenticate(ReadOnlySpan<ContractTransaction> transactions, Span<bool> results)
    {
        if (results.Length < transactions.Length)
            throw new ArgumentException($"Expected room for {transactions.Length} results, got {results.Length}.", nameof(results));
        byte[] message = ArrayPool<byte>.Shared.Rent(ContractTransaction.MessageSize + ContractTransaction.MaxData);
        for (int i = 0; i < transactions.Length; i++)
        {
            ref readonly ContractTransaction transaction = ref transactions[i];
            ReadOnlySpan<byte> key = transaction.Signed.PublicKey.Span;
            results[i] = false;
            if (transaction.Data.Length > ContractTransaction.MaxData || !AccountAddress.IsKey(key) || AccountAddress.FromPublicKey(key) != transaction.Sender) continue;
            transaction.WriteMessage(_chainId, message);
            results[i] = _verifier.Verify(key, message.AsSpan(0, ContractTransaction.MessageSize + transaction.Data.Length), transaction.Signed.Signature.Span);
        }
        ArrayPool<byte>.Shared.Return(message);
    }

    /// <inheritdoc/>
    public TransitionOutcome Apply<TView>(in ContractTransaction transaction, bool isAuthentic, in BatchContext context, TView state, EffectLog effects) where TView : IStateView
    {
        ArgumentNullException.ThrowIfNull(effects);
        if (context.ChainId != _chainId) return new(TransitionStatus.WrongChain, Intrinsic);
        if (transaction.Sender.Scheme is 0 or ContractScheme || transaction.Data.Length > ContractTransaction.MaxData
            || transaction.GasLimit > ContractTransaction.MaxGas || transaction.GasLimit < Intrinsic.ExecutionGas) return new(TransitionStatus.Malformed, Intrinsic);
        if (!isAuthentic) return new(TransitionStatus.BadSignature, Intrinsic);

        long before = state.Mark();
        TransitionStatus status = AdvanceNonce(transaction, state);
        if (status != TransitionStatus.Applied) return new(status, Intrinsic);
        long paid = state.Mark();
        int said = effects.Mark();
        var meter = new Meter(_cap with { ExecutionGas = Math.Min(_cap.ExecutionGas, transaction.GasLimit) });
        meter.TryCharge(Intrinsic.ExecutionGas, Intrinsic.ProvingUnits);
        var length = (ulong)transaction.Data.Length;
        if (!meter.TryCharge(length * Costs.Byte, length / Costs.BytesPerProvingUnit)) return new(TransitionStatus.OverCap, meter.Used);
        ResourceUse used = meter.Used;
        status = transaction.Contract == default ? Deploy(transaction, state) : Call(transaction, context, state, effects, meter, out used);
        if (status != TransitionStatus.Applied)
        {
            state.Revert(status.IsValid() ? paid : before);
            effects.Revert(said);
        }
        return new(status, used);
    }

    /// <inheritdoc/>
    /// <remarks>There are no tokens here: any go back.</remarks>
    public TransitionOutcome ApplyInbound<TView>(in InboundMessage message, in BatchContext context, TView state, EffectLog effects) where TView : IStateView
    {
        ArgumentNullException.ThrowIfNull(effects);
        var use = new ResourceUse(Costs.Transaction + Costs.Effect, Costs.ProvingEffect);
        if (message.Amount == 0) return new(TransitionStatus.Applied, use);
        effects.Withdraw(message.Token, message.Amount, message.Sender);
        return new(TransitionStatus.SentBack, use);
    }

    internal static AccountAddress AddressOf(in Digest32 contract) => new(ContractScheme, contract.Value);

    private static TransitionStatus AdvanceNonce<TView>(in ContractTransaction transaction, TView state) where TView : IStateView
    {
        Span<byte> name = stackalloc byte[AccountAddress.Size], value = stackalloc byte[sizeof(ulong)];
        transaction.Sender.CopyTo(name);
        var key = new Digest32(TreeHash<THash>.Hash(NonceTag, name));
        StateReadStatus status = state.Read(key, out ReadOnlySpan<byte> found);
        if (status == StateReadStatus.Unknown) return TransitionStatus.MissingState;
        if (status == StateReadStatus.Found && found.Length != sizeof(ulong)) return TransitionStatus.CorruptState;
        ulong nonce = status == StateReadStatus.Found ? BinaryPrimitives.ReadUInt64LittleEndian(found) : 0;
        if (transaction.Nonce != nonce || nonce == ulong.MaxValue) return TransitionStatus.WrongNonce;
        BinaryPrimitives.WriteUInt64LittleEndian(value, nonce + 1);
        return state.Write(key, value) ? TransitionStatus.Applied : TransitionStatus.MissingState;
    }

    // An empty program would be as good as none.
    private static TransitionStatus Deploy<TView>(in ContractTransaction transaction, TView state) where TView : IStateView
    {
        if (transaction.Data.IsEmpty) return TransitionStatus.Reverted;
        return state.Write(CodeKey(ContractOf(transaction.Sender, transaction.Nonce)), transaction.Data.Span) ? TransitionStatus.Applied : TransitionStatus.MissingState;
    }

    private static TransitionStatus Call<TView>(in ContractTransaction transaction, in BatchContext context, TView state, EffectLog effects, Meter meter, out ResourceUse used) where TView : IStateView
    {
        used = meter.Used;
        StateReadStatus status = state.Read(CodeKey(transaction.Contract), out ReadOnlySpan<byte> found);
        if (status != StateReadStatus.Found) return status == StateReadStatus.Unknown ? TransitionStatus.MissingState : TransitionStatus.Reverted;
        // A copy: what was read may be viewed until the next write.
        Span<byte> code = stackalloc byte[ContractTransaction.MaxData];
        if (found.Length > code.Length) return TransitionStatus.CorruptState;
        found.CopyTo(code);
        code = code[..found.Length];
        Span<ulong> stack = stackalloc ulong[ContractMachine<TView, THash>.MaxStack];
        var machine = new ContractMachine<TView, THash>(state, effects, context, transaction.Contract, transaction.Sender.Digest, code, transaction.Data.Span, stack, meter);
        TransitionStatus result = machine.Run();
        used = machine.Used;
        return result;
    }

    private static Digest32 CodeKey(in Digest32 contract) => new(TreeHash<THash>.Hash(CodeTag, contract.Span));
}
