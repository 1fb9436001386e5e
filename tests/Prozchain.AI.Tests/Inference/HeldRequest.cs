using Prozchain.AI.Engine;
using Prozchain.AI.Inference;

namespace Prozchain.AI.Tests.Inference;

/// <summary>A request that stands in the middle of a step, on its worker's thread, until the test lets it go on.</summary>
internal sealed class HeldRequest : IDisposable
{
    private readonly SemaphoreSlim _inStep = new(0), _goOn = new(0);

    private HeldRequest()
    {
    }

    /// <summary>What came of it.</summary>
    public required Task<InferenceReply> Reply { get; init; }

    /// <summary>Begins a request and waits until it stands.</summary>
    /// <param name="at">The step behind which it stands.</param>
    /// <param name="next">Called behind that step once it goes on, and behind each other.</param>
    public static async Task<HeldRequest> BeginAsync(ServiceTesting testing, string model, IntegerGraph graph, int steps, int at = 1, Action<IReadOnlyList<Memory<byte>>>? next = null)
    {
        HeldRequest held = null!;
        var made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<InferenceReply> reply = testing.RunAsync(new InferenceCall
        {
            Model = model, Inputs = ServiceTesting.Input(graph, 1), Within = TimeSpan.FromMinutes(1), MaxSteps = steps,
            Next = (step, _, inputs) =>
            {
                if (step == at)
                {
                    made.Task.Wait(CancellationToken.None);
                    held._inStep.Release();
                    held._goOn.Wait(CancellationToken.None);
                }
                next?.Invoke(inputs);
                return true;
            },
        });
        held = new HeldRequest { Reply = reply };
        made.SetResult();
        await held._inStep.WaitAsync(TestContext.Current.CancellationToken);
        return held;
    }

    public void GoOn() => _goOn.Release();

    public void Dispose()
    {
        _inStep.Dispose();
        _goOn.Dispose();
    }
}
