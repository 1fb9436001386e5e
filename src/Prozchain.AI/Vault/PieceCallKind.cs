namespace Prozchain.AI.Vault;

/// <summary>What a store is asked for.</summary>
internal enum PieceCallKind : byte
{
    Get,
    Put,
    Exists,
}
