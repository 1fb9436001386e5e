namespace Prozchain.AI.Engine;

/// <summary>What the steps of one run share: how many instances there are and whose states.</summary>
internal sealed class RunFrame(int maxBatch)
{
    public int Batch { get; set; }

    public InferenceState?[] States { get; } = new InferenceState?[maxBatch];

    /// <summary>Tokens of instance <paramref name="instance"/> before this run.</summary>
    public int Position(int instance) => States[instance]!.Position;
}
