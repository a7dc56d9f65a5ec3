package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	coordination "k8s.io/api/coordination/v1"
	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

const (
	// settings is the ConfigMap in kube-system by which a test steers the agent, see readSettings.
	settings = "node-agent"
	interval = 300 * time.Millisecond
	// The control plane gives a node up after 40 s without a renewed lease.
	heartbeat = 10 * time.Second
)

// agent stands for every kubelet and for the EBS CSI driver. It looks at the whole cluster again and
// again: a node that anyone creates is alive from then on, with the capacity it was created with.
type agent struct {
	client    kubernetes.Interface
	kubelet   *kubelet
	failures  map[string]string // by the beginning of a pod's name
	renewed   map[string]time.Time
	addresses map[string]string // of nodes
	pods      int               // that were given an address
}

func newAgentCommand() *cobra.Command {
	var kubeconfig, socket string
	command := &cobra.Command{Use: "node-agent", Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
			if err != nil {
				return err
			}
			config.QPS, config.Burst = 200, 400
			client, err := kubernetes.NewForConfig(config)
			if err != nil {
				return err
			}
			a := &agent{client: client, renewed: map[string]time.Time{}, addresses: map[string]string{}}
			a.kubelet, err = startKubelet(client, socket)
			if err != nil {
				return err
			}
			for {
				if err := a.look(command.Context()); err != nil {
					fmt.Println(err)
				}
				time.Sleep(interval)
			}
		}}
	command.Flags().StringVar(&kubeconfig, "kubeconfig", "", "how to reach the API server")
	command.Flags().StringVar(&socket, "socket", "", "where the API server asks for nodes and pods")
	return command
}

// look does all that is due. What conflicts or fails is due again the next time.
func (a *agent) look(ctx context.Context) error {
	if err := a.readSettings(ctx); err != nil {
		return err
	}
	if err := a.keepNodes(ctx); err != nil {
		return err
	}
	if err := a.keepVolumes(ctx); err != nil {
		return err
	}
	return a.keepPods(ctx)
}

// readSettings takes from the ConfigMap, each for pods whose names begin with PREFIX: `fail.PREFIX`,
// why they fail; `memory.PREFIX`, how much they use; and `port.NUMBER`, the address that answers for
// a port of any pod.
func (a *agent) readSettings(ctx context.Context) error {
	found, err := a.client.CoreV1().ConfigMaps("kube-system").Get(ctx, settings, meta.GetOptions{})
	if err != nil && !errors.IsNotFound(err) {
		return err
	}
	a.failures = map[string]string{}
	a.kubelet.memory.Clear()
	for key, value := range found.Data {
		kind, name, _ := strings.Cut(key, ".")
		switch kind {
		case "fail":
			a.failures[name] = value
		case "port":
			a.kubelet.backends.Store(name, value)
		case "memory":
			if amount, err := resource.ParseQuantity(value); err == nil {
				a.kubelet.memory.Store(name, amount)
			}
		}
	}
	return nil
}

func (a *agent) keepNodes(ctx context.Context) error {
	nodes, err := a.client.CoreV1().Nodes().List(ctx, meta.ListOptions{})
	if err != nil {
		return err
	}
	for i := range nodes.Items {
		node := &nodes.Items[i]
		if time.Since(a.renewed[node.Name]) < heartbeat {
			continue
		}
		if err := a.renewLease(ctx, node.Name); err != nil {
			return err
		}
		describeNode(&node.Status, len(a.renewed))
		if _, err := a.client.CoreV1().Nodes().UpdateStatus(ctx, node, meta.UpdateOptions{}); err != nil {
			return err
		}
		a.renewed[node.Name] = time.Now()
		a.addresses[node.Name] = node.Status.Addresses[0].Address
	}
	return nil
}

func describeNode(status *core.NodeStatus, number int) {
	now := meta.Now()
	condition := func(kind core.NodeConditionType, value core.ConditionStatus) core.NodeCondition {
		return core.NodeCondition{Type: kind, Status: value, Reason: "Agent",
			LastHeartbeatTime: now, LastTransitionTime: now}
	}
	status.Conditions = []core.NodeCondition{
		condition(core.NodeMemoryPressure, core.ConditionFalse),
		condition(core.NodeDiskPressure, core.ConditionFalse),
		condition(core.NodePIDPressure, core.ConditionFalse),
		condition(core.NodeReady, core.ConditionTrue),
	}
	if len(status.Addresses) == 0 {
		status.Addresses = []core.NodeAddress{{Type: core.NodeInternalIP, Address: nodeAddress(number)}}
	}
	status.DaemonEndpoints.KubeletEndpoint.Port = 10250
	status.NodeInfo.KubeletVersion = "v1.34.4"
	status.NodeInfo.OperatingSystem, status.NodeInfo.Architecture = "linux", "amd64"
}

func (a *agent) renewLease(ctx context.Context, node string) error {
	leases := a.client.CoordinationV1().Leases(core.NamespaceNodeLease)
	seconds, now := int32(40), meta.NowMicro()
	lease, err := leases.Get(ctx, node, meta.GetOptions{})
	lease.Spec = coordination.LeaseSpec{
		HolderIdentity: &node, LeaseDurationSeconds: &seconds, RenewTime: &now}
	if errors.IsNotFound(err) {
		lease.Name = node
		_, err = leases.Create(ctx, lease, meta.CreateOptions{})
	} else if err == nil {
		_, err = leases.Update(ctx, lease, meta.UpdateOptions{})
	}
	return err
}

// tell records an event about an object, as kubelet and provisioner do.
func (a *agent) tell(ctx context.Context, about core.ObjectReference, source, kind, reason, message string) {
	now := meta.Now()
	event := &core.Event{
		ObjectMeta:     meta.ObjectMeta{GenerateName: about.Name + ".", Namespace: about.Namespace},
		InvolvedObject: about, Type: kind, Reason: reason, Message: message, Count: 1,
		FirstTimestamp: now, LastTimestamp: now, Source: core.EventSource{Component: source},
	}
	// An event that is lost changes nothing.
	_, _ = a.client.CoreV1().Events(about.Namespace).Create(ctx, event, meta.CreateOptions{})
}
