using System.Collections.Immutable;

namespace Ringfence.Analysis.Generation.Templates;

/// <summary>A part that a workload plays in a template.</summary>
/// <param name="Name">Its name: what <c>--set</c> calls it, and the workload where there is no cluster.</param>
/// <param name="Meaning">What it is.</param>
/// <param name="Words">What its workload's name or labels hold, in lower case.</param>
/// <param name="Ports">What it listens on where nothing else says so; empty where nobody asks it.</param>
public sealed record TemplateRole(string Name, string Meaning, ImmutableArray<string> Words, ImmutableArray<int> Ports)
{
    /// <summary>Whether the template makes no sense without it.</summary>
    public bool IsRequired { get; init; } = true;
}

/// <summary>Flows for something that many people run, between roles that workloads play.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Summary">What it is for, in one sentence.</param>
/// <param name="Roles">The roles.</param>
/// <param name="Flows">Who asks whom, by the names of roles.</param>
/// <remarks>What such platforms need is our inference from what they are commonly made of; ports are the usual ones of vLLM, Ollama, Qdrant, Weaviate and Milvus.</remarks>
public sealed record Template(string Name, string Summary, ImmutableArray<TemplateRole> Roles, ImmutableArray<(string From, string To)> Flows)
{
    /// <summary>The role of addresses that an agent may ask.</summary>
    public const string Allow = "allow";

    private static readonly ImmutableArray<string> Models = ["llm", "vllm", "ollama", "triton", "tgi", "kserve", "model", "inference"];
    private static readonly ImmutableArray<string> Vectors = ["vector", "qdrant", "weaviate", "milvus", "chroma", "pgvector"];

    private static readonly TemplateRole VectorDb = new("vector-db", "the vector database", Vectors, [6333, 6334]);
    private static readonly TemplateRole Clients = new("clients", "those who ask it", ["client"], []);

    /// <summary>All of them.</summary>
    public static readonly ImmutableArray<Template> All =
    [
        new("rag", "A chat page, the API behind it, its vector database and, where there is one, the model server.",
            [
                new("ingress", "who may open the chat page, for example ingress-nginx/controller", ["ingress", "gateway"], []) { IsRequired = false },
                new("chat-ui", "the page that people type into", ["chat", "ui", "frontend", "streamlit", "gradio", "web"], [3000]),
                new("rag-api", "the API that looks up and asks the model", ["rag", "api", "backend", "orchestrator"], [8000]),
                VectorDb,
                new("llm", "the model server, or the CIDR of one outside with :443", Models, [8000]) { IsRequired = false },
            ],
            [("ingress", "chat-ui"), ("chat-ui", "rag-api"), ("rag-api", "vector-db"), ("rag-api", "llm")]),
        new("model-server", "A model server that only its clients reach, and that reaches nobody.",
            [Clients, new("model-server", "the model server", Models, [8000]), new("registry", "the CIDR from which it loads models, with :443", ["registry"], [443]) { IsRequired = false }],
            [("clients", "model-server"), ("model-server", "registry")]),
        new("tool-server", "A tool (MCP) server that only agents reach, and that reaches only its backend.",
            [
                new("agents", "the agents that use it", ["agent"], []),
                new("tool-server", "the tool server", ["tool", "mcp"], [8080]),
                new("backend", "what the tool works on: a workload or a CIDR, with its port", ["backend"], [443]) { IsRequired = false },
            ],
            [("agents", "tool-server"), ("tool-server", "backend")]),
        new("agent-sandbox", "Pods that run what nobody has read: no way into the cluster, names, and only the networks that are named.",
            [
                new("agent", "the pods that run it", ["agent", "sandbox", "worker"], []),
                new(Allow, "CIDRs that they may ask, with :443; of a wide one private, shared and link-local ranges are left out", [], [443]) { IsRequired = false },
            ],
            [("agent", Allow)]),
        new("vector-db", "A vector database that only its clients reach, and that reaches nobody.", [Clients, VectorDb], [("clients", "vector-db")]),
        new("default-deny", "Nothing in and nothing out, but names.", [], []),
    ];

    /// <summary>The role with a name.</summary>
    public TemplateRole? Role(string name) => Roles.FirstOrDefault(role => role.Name == name);
}
