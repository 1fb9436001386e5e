namespace Prozchain.AI.Inference;

/// <summary>The steps of the inference transaction, in their order.</summary>
public enum InferenceStage
{
    /// <summary>The model's name is looked up in the registry.</summary>
    Resolve,

    /// <summary>The model is loaded, verified, unless it is in memory.</summary>
    Load,

    /// <summary>A slot is asked for.</summary>
    Allocate,

    /// <summary>The request runs; told once it took its first step.</summary>
    Run,

    /// <summary>The statements are signed.</summary>
    Receipt,

    /// <summary>The receipts become part of the state.</summary>
    Record,

    /// <summary>Slot and model are given back.</summary>
    Release,
}
