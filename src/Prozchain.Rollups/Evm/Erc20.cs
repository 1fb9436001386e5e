using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;

namespace Prozchain.Rollups.Evm;

/// <summary>What the bridge calls of a token (ERC-20).</summary>
internal static class Erc20
{
    public static readonly AbiFunction
        BalanceOf = new("balanceOf(address)", "(uint256)"),
        Transfer = new("transfer(address,uint256)"),
        TransferFrom = new("transferFrom(address,address,uint256)");

    private static readonly AbiType s_bool = AbiType.Parse("(bool)");

    /// <summary>True if a token says that it moved what it should: by true, or by nothing, as some do.</summary>
    /// <exception cref="Settlement.ContractRevert">It says neither: Solidity's decoder reverts.</exception>
    public static bool HasMoved(in ChainAnswer answer)
    {
        if (!answer.IsOk) return false;
        if (answer.Output.IsEmpty) return true;
        return AbiCodec.TryDecode(s_bool, answer.Output, out AbiValue said) == AbiReadResult.Ok ? said[0].ToBool() : throw new Settlement.ContractRevert([]);
    }
}
